import FoundationEssentials
import PluginHost
import PluginWire
import TestSupport
import Testing

/// The example plugin in C passes the conformance suite that plugin authors run.
@Suite struct ExampleConformanceTests {
    @Test func theExamplePasses() throws {
        let directory = try TemporaryDirectory()
        let plugin = directory.path + "/c"
        try FileManager.default.copyItem(atPath: Project.root + "/Examples/plugins/c", toPath: plugin)
        try? FileManager.default.removeItem(atPath: plugin + "/tiny.so")
        let log = directory.path + "/log"
        let made = try Program.run(["make", "-C", plugin, "CFLAGS=-Werror", "INCLUDE=" + Project.header], log: log)
        try #require(made == .exited(0), "\(Program.text(log))")

        let launcher = PluginLauncher(
            bridge: try Project.programs + "/mkosi-plugin-bridge",
            environment: ["PATH=/usr/bin:/bin:/usr/sbin:/sbin"],
            host: ABI.V1.Program(name: "mkosi", version: "test"),
            limits: .standard
        )
        let findings = Conformance(directory: plugin, launcher: launcher).run()
        #expect(findings.count > 17)
        for finding in findings { #expect(finding.failure == nil, "\(finding.name)") }
    }
}

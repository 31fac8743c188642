import PluginHost
import PluginWire
import Support
import Testing

/// The conformance suite: examples pass it, and broken plugins do not.
@Suite
struct ConformanceTests {
    @Test(arguments: ["python", "c", "shell", "swift/executable", "swift/library"])
    func examplesPass(folder: String) throws {
        let example = try Examples.Plugin(folder)
        let findings = Conformance(directory: example.directory, launcher: Examples.launcher).run()
        #expect(findings.count > 17)
        for finding in findings { #expect(finding.failure == nil, "\(finding.name)") }
    }
}

import PluginHost
import PluginWire
import Support
import Testing

/// The conformance suite: examples pass it, and broken plugins do not.
@Suite
struct ConformanceTests {
    @Test(arguments: ["python"])
    func examplesPass(folder: String) throws {
        let findings = Conformance(directory: Paths.join(Repository.examples, folder), launcher: Examples.launcher).run()
        #expect(findings.count > 17)
        for finding in findings { #expect(finding.failure == nil, "\(finding.name)") }
    }
}

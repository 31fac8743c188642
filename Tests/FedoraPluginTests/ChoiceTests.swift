import DistributionKit
import PluginWire
import Testing

@testable import FedoraPlugin

/// What dnf's answers become.
@Suite struct ChoiceTests {
    @Test func namesTheProblem() {
        let text = """

             Problem: package clash-1-1.noarch conflicts with hello provided by hello-2:1.0-1.x86_64
              - conflicting requests
            """
        let error = RPMChoice.problem(text).failure?.error
        let reason = "package clash-1-1.noarch conflicts with hello provided by hello-2:1.0-1.x86_64"
        #expect(error?.message == "these packages cannot be installed together: \(reason)")
        #expect(RPMChoice.problem(text).failure?.needsFileLists == false)
    }

    @Test func asksForListsOfFilesWhereOneIsMissing() {
        let text = " Problem: conflicting requests\n  - nothing provides /usr/share/x needed by a-1-1.noarch\n"
        #expect(RPMChoice.problem(text).failure?.needsFileLists == true)
        #expect(RPMChoice.missing(["/opt/tool"], output: "").failure?.needsFileLists == true)
        #expect(RPMChoice.missing(["tool"], output: "").failure?.needsFileLists == false)
    }
}

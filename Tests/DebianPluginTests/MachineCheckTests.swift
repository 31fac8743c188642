import DistributionKit
import PluginWire
import Support
import System
import TestSupport
import Testing

@testable import DebianPlugin

@Suite struct MachineCheckTests {
    @Test func machinesRunTheirOwnPrograms() throws {
        let directory = try TemporaryDirectory()
        let workspace = try directory.makeDirectory("workspace")
        for (machine, architecture) in [("x86_64", "x86-64"), ("x86_64", "x86"), ("aarch64", "arm64")] {
            try MachineCheck(architecture: architecture, machine: machine).check(workspace: workspace)
        }
        // No emulator in use takes programs of this one, and no machine of today runs them.
        let error = #expect(throws: ErrorObject.self) {
            try MachineCheck(architecture: "ia64", machine: "x86_64").check(workspace: workspace)
        }
        #expect(error?.code == ErrorObject.Code.unsupported.rawValue)
        #expect(error?.message.contains("x86_64") == true && error?.message.contains("ia64") == true)
        #expect(error?.data?.hint?.contains("qemu-user-static") == true)
        #expect(try Files.list(workspace) == [])
    }
}

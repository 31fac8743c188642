import Execution
import Glibc
import System

/// Hardware virtualization of the host.
enum Accelerator {
    /// Returns true if QEMU can make a machine with it that has the host's own processor.
    ///
    /// The device may be there, and even make machines, where a hypervisor around this host refuses a part of the
    /// processor: only QEMU itself finds out, in a fraction of a second.
    static func works(_ program: InstalledProgram, _ model: MachineArguments.Model) -> Bool {
        guard access("/dev/kvm", R_OK | W_OK) == 0 else { return false }
        var probe = Command(
            program.path,
            program.arguments([
                "-machine", model.machine, "-accel", "kvm", "-cpu", "host", "-m", "64", "-nodefaults", "-display",
                "none", "-S", "-qmp", "stdio",
            ])
        )
        probe.input = Array(#"{"execute":"qmp_capabilities"}{"execute":"quit"}"#.utf8)
        probe.captureLimit = 1 << 16
        probe.timeLimit = .seconds(10)
        guard let result = try? probe.run() else { return false }
        return result.status == .exited(0)
    }
}

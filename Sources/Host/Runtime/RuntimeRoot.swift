import Glibc
public import Support
import System

/// An output as systemd's programs take it: a directory, or a disk that they attach to a loop device.
public enum RuntimeRoot: Sendable, Equatable {
    case directory(String)
    case disk(String)

    /// - Parameters:
    ///   - output: The path of an output.
    ///   - verb: What messages call the command.
    /// - Throws: one sentence where the output is neither, or where this host cannot attach disks.
    public init(_ output: String, for verb: String) throws(Failure) {
        if Files.kind(of: output) == S_IFDIR {
            self = .directory(output)
            return
        }
        let file = try MachineFile.open(output)
        guard case .disk? = try? BootSource(file) else {
            throw Failure(
                .configuration,
                "\(output) is neither a directory nor a disk, as \(verb) needs",
                hint: "Build with Format=directory or Format=disk"
            )
        }
        for (isThere, what) in [
            (geteuid() == 0, "root, to attach it to a loop device"),
            (Files.exists("/dev/loop-control"), "loop devices, which this machine does not have"),
            (Files.exists("/run/udev/control"), "systemd-udevd, which does not run on this machine"),
        ] where !isThere {
            throw Failure(
                .missing,
                "\(verb) needs, for the disk \(output), \(what)",
                hint: "Build with Format=directory, or boot it with mkosi vm"
            )
        }
        self = .disk(output)
    }

    /// The option that names it.
    ///
    /// - Parameter directory: What the option for a directory is called.
    /// - Returns: One word.
    public func option(directory: String) -> String {
        switch self {
        case .directory(let path): "\(directory)=\(path)"
        case .disk(let path): "--image=\(path)"
        }
    }
}

import Execution
import Glibc
import Support
import System

/// A TPM in software (swtpm(8)) that lives as long as its machine.
struct SoftwareTPM: ~Copyable {
    /// The socket at which QEMU reaches it.
    let socket: String
    private var process: ChildProcess

    private init(socket: String, process: consuming ChildProcess) {
        self.socket = socket
        self.process = process
    }

    /// Starts one with an empty state in a directory of its machine.
    static func started(
        _ program: InstalledProgram,
        in directory: borrowing MachineDirectory
    ) throws(Failure) -> SoftwareTPM {
        let socket = Paths.join(directory.path, "tpm.sock")
        let process = try start(program, in: directory, socket)
        let device = SoftwareTPM(socket: socket, process: process)
        guard device.isReady else {
            throw Failure(.command, "swtpm did not start", hint: "TPM=no starts the machine without a TPM")
        }
        return device
    }

    /// Waits until its socket is there.
    private var isReady: Bool {
        for _ in 0..<500 {
            if Files.kind(of: socket) == S_IFSOCK { return true }
            if process.hasEnded { return false }
            usleep(10_000)
        }
        return false
    }

    private static func start(
        _ program: InstalledProgram,
        in directory: borrowing MachineDirectory,
        _ socket: String
    ) throws(Failure) -> ChildProcess {
        do throws(SystemCallError) {
            let state = try directory.makeDirectory("tpm")
            let null = try Descriptor.open("/dev/null", O_RDWR)
            let arguments = ["socket", "--tpm2", "--tpmstate", "dir=\(state)", "--ctrl", "type=unixio,path=\(socket)"]
            return try ChildProcess(
                ChildProcess.Plan(
                    path: program.path,
                    arguments: program.arguments(arguments + ["--terminate"]),
                    environment: [],
                    descriptors: [null.number, null.number, 2]
                )
            )
        } catch {
            throw Failure(.command, "Cannot run swtpm", cause: error)
        }
    }

    /// Ends it; QEMU's end has ended it already where it was connected.
    mutating func end() {
        process.send(SIGTERM)
        _ = process.wait(milliseconds: 2000)
    }
}

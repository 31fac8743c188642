public import Execution
import Glibc
public import Support
import System

/// A virtual machine that runs in the foreground, with the terminal as its console.
public struct VirtualMachine: Sendable {
    /// The first content of the firmware's variables, if it is not the file that the arguments name.
    public var variables: [UInt8]?
    public var arguments: MachineArguments
    /// The open files that QEMU inherits; `MachineFile.place(ofInherited:)` is the path of each of them.
    public var files: [MachineFile] = []
    /// QEMU.
    public var program: InstalledProgram
    /// The program swtpm(8), if the machine gets a TPM.
    public var tpm: InstalledProgram?
    /// Strings for the table of the firmware (SMBIOS type 11), credentials among them.
    public var strings: [String] = []
    /// The time that the machine may run.
    public var timeLimit: Duration?
    public var environment: [String]

    public init(arguments: MachineArguments, program: InstalledProgram, environment: [String]) {
        self.arguments = arguments
        self.program = program
        self.environment = environment
    }

    /// The end of a machine.
    public enum Ending: Sendable, Equatable {
        /// It was switched off.
        case off
        /// A program of the guest chose a status.
        case status(CInt)
        case cancelled
        case timedOut
        /// Its console has shown what its caller waited for.
        case satisfied
    }

    /// Runs the machine to its end.
    ///
    /// - Parameters:
    ///   - directory: An empty directory for its files.
    ///   - cancellation: What ends the machine at once.
    ///   - watching: Sees what the console shows, and returns true to end the machine.
    /// - Returns: How it ended.
    /// - Throws: one sentence where QEMU cannot be started or fails.
    public func run(
        in directory: borrowing MachineDirectory,
        cancellation: Cancellation,
        watching: (([UInt8]) -> Bool)? = nil
    ) throws(Failure) -> Ending {
        var arguments = arguments
        if let firmware = arguments.firmware {
            let content: [UInt8]
            if let variables {
                content = variables
            } else {
                content = try Self.read(arguments.variables ?? firmware.variables)
            }
            arguments.variables = try directory.write(content, as: "variables.fd")
        }
        for (index, string) in strings.enumerated() {
            // In files, which other users cannot read as they can read command lines.
            arguments.stringFiles.append(try directory.write(Array(string.utf8), as: "string-\(index)"))
        }
        guard let tpm else { return try start(arguments, cancellation, watching) }
        var device = try SoftwareTPM.started(tpm, in: directory)
        arguments.tpmSocket = device.socket
        do throws(Failure) {
            let ending = try start(arguments, cancellation, watching)
            device.end()
            return ending
        } catch {
            device.end()
            throw error
        }
    }

    private func start(
        _ arguments: MachineArguments,
        _ cancellation: Cancellation,
        _ watching: (([UInt8]) -> Bool)?
    ) throws(Failure) -> Ending {
        var process = ForegroundProgram(program, arguments.words, environment: environment)
        process.descriptors = files.map(\.number)
        process.timeLimit = timeLimit
        switch try process.run(cancellation: cancellation, watching: watching) {
        case .ended(let status): return try Self.ending(status)
        case .cancelled: return .cancelled
        case .timedOut: return .timedOut
        case .satisfied: return .satisfied
        }
    }

    /// The status 0 is a machine that was switched off; those that its port chooses are odd.
    private static func ending(_ status: ExitStatus) throws(Failure) -> Ending {
        switch status {
        case .exited(0): return .off
        case .exited(let code) where code > 1 && code % 2 == 1: return .status(code / 2)
        case .signalled(SIGINT), .signalled(SIGTERM): return .cancelled
        default: throw Failure(.command, "QEMU ended with \(status)", hint: "Its own message is above")
        }
    }

    private static func read(_ path: String) throws(Failure) -> [UInt8] {
        do throws(SystemCallError) {
            return try Files.read(path)
        } catch {
            throw Failure(.missing, "Cannot read the firmware variables \(path)", cause: error)
        }
    }
}

public import Configuration
public import Execution
import Glibc
public import Support
import System

/// A container of systemd-nspawn(1) that runs in the foreground, with the caller's standard streams.
public struct Container: Sendable {
    public var arguments: ContainerArguments
    /// The program systemd-nspawn.
    public let program: InstalledProgram
    private let credentials: [(name: String, value: [UInt8])]
    private let environment: [String]

    /// The command that runs in a container, and its conditions.
    public struct Request: Sendable {
        public var boots: Bool
        /// The command, or words for the init of a system.
        public var words: [String]
        /// Further options of systemd-nspawn.
        public var options: [String] = []

        public init(boots: Bool, words: [String], options: [String] = []) {
            self.boots = boots
            self.words = words
            self.options = options
        }
    }

    /// - Parameters:
    ///   - image: The image's configuration.
    ///   - output: The path of its main output.
    ///   - request: What is to run.
    ///   - host: The host and the caller's variables.
    ///   - programs: The programs that run it.
    ///   - place: Where a path of the configuration leads.
    /// - Throws: one sentence where the container cannot be started.
    public init(
        _ image: ImageConfiguration,
        output: String,
        _ request: Request,
        host: HostFacts,
        programs: RuntimePrograms,
        place: MachineSettings.Place
    ) throws(Failure) {
        let verb = request.boots ? "mkosi boot" : "mkosi shell"
        let program = try ContainerHost.program(programs, verb)
        let root = try RuntimeRoot(output, for: verb)
        var arguments = ContainerArguments(root: root, machine: image[.machine] ?? image[.output], boots: request.boots)
        arguments.isEphemeral = image[.ephemeral]
        arguments.network = image[.runtimeNetwork]
        arguments.console = image[.console]
        if arguments.console == "headless" {
            throw Failure(
                .configuration,
                "Console=headless is for virtual machines, and \(verb) cannot carry it out",
                hint: "Set by \(image.origin(of: .console)); to see no console, redirect the output to /dev/null"
            )
        }
        arguments.mounts = try RuntimeMounts.mounts(image, place)
        if case .directory(let path) = root { arguments.mapsUsers = ContainerHost.hasOwnRange(path) }
        if image[.bindUser] { arguments.user = ContainerHost.caller(host) }
        arguments.hasUnit = ContainerHost.hasManager
        arguments.registers = try ContainerHost.registers(image)
        arguments.hasSettings = try ContainerHost.hasSettings(image, next: output, place)
        arguments.extra = request.options
        arguments.words = (request.boots ? image[.kernelCommandLineExtra] : []) + request.words
        if !image.value(of: .forwardJournal).isUnset {
            throw Failure(
                .configuration,
                "\(verb) cannot carry out ForwardJournal= yet",
                hint: "mkosi journalctl reads the journal of an image that is not Ephemeral="
            )
        }
        let credentials = try image.credentialValues(place)
        // Nothing is set before the last error: the compiler releases what is not there yet.
        self.arguments = arguments
        self.program = program
        self.credentials = credentials
        environment = host.ownVariables
    }

    /// Runs the container to its end.
    ///
    /// - Parameters:
    ///   - directory: An empty directory for its files.
    ///   - cancellation: What ends it: a system is switched off, and killed where that takes too long.
    /// - Returns: How it ended, with the status of the command or of the system.
    /// - Throws: one sentence where it cannot be started.
    public func run(
        in directory: borrowing MachineDirectory,
        cancellation: Cancellation
    ) throws(Failure) -> ForegroundProgram.Ending {
        var arguments = arguments
        for (index, credential) in credentials.enumerated() {
            // In files, which other users cannot read as they can read command lines.
            let path = try directory.write(credential.value, as: "credential-\(index)")
            arguments.credentials.append((credential.name, path))
        }
        var process = ForegroundProgram(program, arguments.arguments, environment: environment)
        process.patience = 20_000
        // Killed, it could not end the container, which would run on without it.
        process.deathSignal = SIGTERM
        return try process.run(cancellation: cancellation)
    }
}

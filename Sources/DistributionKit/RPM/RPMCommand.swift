import Glibc
public import PluginKit
public import PluginWire

/// rpm, with a home directory of its own and without the plugins of the host.
public struct RPMCommand {
    /// A directory of the build alone.
    public var scratch: String
    public var channel: ToolChannel
    /// The time that it takes for now, and that it records as the time of installation.
    public var sourceDateEpoch: Int?

    public init(scratch: String, channel: ToolChannel, sourceDateEpoch: Int? = nil) {
        self.scratch = scratch
        self.channel = channel
        self.sourceDateEpoch = sourceDateEpoch
    }

    private var home: String { "\(scratch)/home" }

    /// The environment of rpm and of the programs that use it as a library.
    public var environment: [String: String] {
        var environment = ScriptEnvironment.variables(sourceDateEpoch: sourceDateEpoch)
        environment["HOME"] = home
        // The build makes the hardware database and boot entries itself (systemd-hwdb(8), kernel-install(8)).
        environment["SYSTEMD_HWDB_UPDATE_BYPASS"] = "1"
        environment["KERNEL_INSTALL_BYPASS"] = "1"
        return environment
    }

    /// Makes the home directory, with rpm's macros for everything that is run with this environment.
    ///
    /// Where the kernel's own file systems are mounted in the tree, rpm could not change owners: see `RPMMountPoints`.
    /// `database` is its path in trees, which may differ from the default of the host's rpm.
    public func prepare(database: String) throws(ErrorObject) {
        try SystemFile.makeDirectories(home)
        let macros = """
            %_dbpath \(database)
            %_netsharedpath /proc:/sys
            %__transaction_selinux %{nil}
            %__transaction_systemd_inhibit %{nil}

            """
        try SystemFile.write("\(home)/.rpmmacros", Array(macros.utf8))
    }

    /// Runs a program of rpm's and returns its exit status, or 128 and the signal's number.
    ///
    /// `onLine` gets each line of standard output and standard error.
    public func run(_ arguments: [String], onLine: @escaping (String) -> Void) throws(ErrorObject) -> Int32 {
        channel.command(arguments)
        let command = ChildCommand(
            arguments: arguments,
            environment: environment,
            onLine: { line in
                // The rpm of a distribution with another package format prints this each time.
                if line.hasPrefix("rpm: RPM should not be used") || line.hasPrefix("rpm: However assuming") { return }
                onLine(line)
            },
            isHopeless: NoSpace.isMeant
        )
        return try command.run()
    }
}

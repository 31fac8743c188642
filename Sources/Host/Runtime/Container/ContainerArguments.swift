/// The command line of systemd-nspawn(1) for an image: a value, made from values.
public struct ContainerArguments: Sendable {
    /// A directory of the host that the container sees.
    public struct Mount: Sendable, Equatable {
        public var source: String
        /// An absolute path in the container.
        public var target: String

        public init(source: String, target: String) {
            self.source = source
            self.target = target
        }
    }

    /// The root of the container.
    public var root: RuntimeRoot
    public var machine: String
    /// True for a system with its init, false for one command or a shell.
    public var boots: Bool
    /// Changes are kept in memory, and gone at the end.
    public var isEphemeral = false
    /// True if the settings file next to the image is the one that the user has chosen.
    public var hasSettings = false
    /// `user` (the host's network), `interface` or `none`.
    public var network = "user"
    public var mounts: [Mount] = []
    /// Names of credentials with the files that have their values.
    public var credentials: [(name: String, path: String)] = []
    /// The user whose home directory the container sees.
    public var user: String?
    public var console = "native"
    public var registers = false
    /// False where systemd does not manage this host, and so has no unit for the container.
    public var hasUnit = false
    /// Ids are mapped to the range that owns the tree.
    public var mapsUsers = false
    /// Options of systemd-nspawn that were given by the user.
    public var extra: [String] = []
    /// The command, or words for the init of a system.
    public var words: [String] = []

    public init(root: RuntimeRoot, machine: String, boots: Bool) {
        self.root = root
        self.machine = machine
        self.boots = boots
    }

    /// The arguments, without the program's own name.
    public var arguments: [String] {
        var arguments = ["--quiet", "--link-journal=no", "--suppress-sync=yes"]
        // The settings file has the name of the image, which is the machine's unless it is called otherwise.
        arguments.append(hasSettings ? "--hostname=\(machine)" : "--machine=\(machine)")
        // Settings that a script could have left next to the image are not the user's.
        arguments.append("--settings=\(hasSettings ? "trusted" : "no")")
        arguments.append(root.option(directory: "--directory"))
        // A copy would take long, and would stay where the program is killed. Read-only images can be shared.
        if isEphemeral { arguments += ["--volatile=overlay", "--read-only"] }
        if mapsUsers { arguments += ["--private-users=pick", "--private-users-ownership=off"] }
        arguments.append("--register=\(registers ? "yes" : "no")")
        if !hasUnit { arguments.append("--keep-unit") }
        switch network {
        case "interface": arguments.append("--network-veth")
        case "none": arguments.append("--private-network")
        default: break
        }
        switch console {
        case "read-only": arguments.append("--console=read-only")
        case _ where boots: break
        default: arguments.append("--console=autopipe")
        }
        for mount in mounts {
            let options = mapsUsers ? "norbind,rootidmap" : "norbind,noidmap"
            arguments.append("--bind=\(Self.escaped(mount.source)):\(Self.escaped(mount.target)):\(options)")
        }
        for credential in credentials {
            arguments.append("--load-credential=\(credential.name):\(credential.path)")
        }
        if let user { arguments.append("--bind-user=\(user)") }
        if boots { arguments.append("--boot") }
        return arguments + extra + (words.isEmpty ? [] : ["--"] + words)
    }

    /// A colon ends a path, and a backslash before it makes it a part of the path.
    static func escaped(_ path: String) -> String {
        String(decoding: path.utf8.flatMap { [0x3a, 0x5c].contains($0) ? [0x5c, $0] : [$0] }, as: UTF8.self)
    }
}

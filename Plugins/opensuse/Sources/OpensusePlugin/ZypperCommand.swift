import DistributionKit
import Glibc
import PluginKit
import PluginWire

/// zypper with all of its state outside of the tree.
struct ZypperCommand {
    private let command: RPMCommand
    private let root: String
    /// The directory for the binary form of indexes.
    private let cache: String

    private var directory: String { command.scratch + "/zypp" }
    /// The directory with the definitions of repositories.
    var repositories: String { directory + "/repos.d" }

    /// The capability of packages of which there may be several versions (the `multiversion` of openSUSE's zypp.conf).
    static let multiversion = "multiversion(kernel)"

    init(_ command: RPMCommand, root: String, derived: String? = nil) {
        self.command = command
        self.root = root
        cache = derived.map { "\($0)/zypp" } ?? "\(command.scratch)/zypp-cache"
    }

    /// Makes the directories, and the configuration.
    func prepare(architecture: String) throws(ErrorObject) {
        for path in [repositories, directory + "/services.d", cache, root] { try SystemFile.makeDirectories(path) }
        let text = """
            [main]
            arch = \(architecture)
            configdir = \(directory)
            history.logfile = \(directory)/history
            solver.onlyRequires = false

            """
        try SystemFile.write("\(directory)/zypp.conf", Array(text.utf8))
        try SystemFile.write("\(directory)/zypper.conf", [])
    }

    /// Makes zypper choose several versions of a kernel; `root` must not be a tree, as a file is written to it.
    func allowSeveralVersions() throws(ErrorObject) {
        // libzypp takes this setting from below the root alone, at the path that its configuration has outside.
        let place = "\(root)\(directory)/multiversion.d"
        try SystemFile.makeDirectories(place)
        try SystemFile.write("\(place)/kernel", Array("provides:\(Self.multiversion)\n".utf8))
    }

    /// Runs zypper, and returns its exit status and its output.
    func run(_ arguments: [String]) throws(ErrorObject) -> (status: Int32, lines: [String]) {
        let words = self.words + arguments
        command.channel.command(words)
        var lines: [String] = []
        let child = ChildCommand(
            arguments: words,
            environment: environment,
            onLine: { lines.append($0) },
            isHopeless: NoSpace.isMeant
        )
        return (try child.run(), lines)
    }

    /// zypper for a script, which sees what it prints.
    func plain(_ arguments: [String]) -> PlainCommand {
        for (name, value) in environment { setenv(name, value, 1) }
        return PlainCommand(arguments: words + arguments)
    }

    private var words: [String] {
        [
            "zypper", "--config", "\(directory)/zypper.conf", "--non-interactive", "--installroot", root,
            "--reposd-dir", repositories, "--cache-dir", cache, "--pkg-cache-dir", "\(directory)/packages",
        ]
    }

    private var environment: [String: String] {
        var environment = command.environment
        environment["ZYPP_CONF"] = "\(directory)/zypp.conf"
        environment["ZYPP_LOGFILE"] = "\(directory)/log"
        return environment
    }
}

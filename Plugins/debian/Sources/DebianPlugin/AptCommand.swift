import DistributionKit
import Glibc
import PluginKit
import PluginWire
import System

/// apt-get with all of its state in two directories, and nothing of the machine's own.
struct AptCommand: Sendable {
    /// The result of a run.
    struct Outcome: Sendable {
        var status: Int32
        var output: [String]
        /// Warnings and errors with the lines that belong to them.
        var messages: [String]
    }

    /// The directory that keeps indexes between builds.
    var cache: String
    /// A directory of this build alone.
    ///
    /// This includes apt's binary form of the indexes, which is unsigned and which apt trusts blindly.
    var scratch: String
    /// A directory for the binary form of the repositories' indexes that builds with the same configuration share.
    var derived: String?
    /// As dpkg names it.
    var architecture: String
    /// The status file of the tree that is extended, or nil for an empty tree.
    var statusFile: String?
    /// A directory with packages that are preferred to all others; see `KeptPackages`.
    var kept: String?
    /// True if the repositories of the configuration do not count.
    var isClosed = false
    /// Hears of each command.
    var channel: ToolChannel
    /// Gets every line that is worth a look while apt runs.
    var onLine: @Sendable (String) -> Void = { _ in }

    /// Of packages that it has, such as those that scripts have fetched, apt does not list where they come from.
    private var noArchives: String { "\(scratch)/no-archives" }

    /// Makes the directories that apt expects.
    func prepare() throws(ErrorObject) {
        for directory in ["\(listsDirectory)/partial", "\(noArchives)/partial", "\(scratch)/log"] {
            try SystemFile.makeDirectories(directory)
        }
        if !SystemFile.exists(noPackages) { try SystemFile.write(noPackages, []) }
    }

    /// Forgets the binary form of indexes that must not be used.
    func forgetIndexes() {
        unlink(cacheOfAll)
        unlink(sourceCache)
    }

    /// The file in which apt keeps the repositories' indexes in its own form; it uses it as long as they have the same
    /// sizes and times.
    private var sourceCache: String { "\(derived ?? scratch)/srcpkgcache.bin" }

    /// The directory for what apt makes of the indexes and the tree's packages.
    ///
    /// Without such packages, and without others to choose from, that is the same for every build.
    private var common: String { statusFile == nil && kept == nil && !isClosed ? derived ?? scratch : scratch }

    private var cacheOfAll: String { "\(common)/pkgcache.bin" }

    /// An empty status file, where apt's cache expects it.
    private var noPackages: String { "\(common)/no-packages" }

    var listsDirectory: String { "\(cache)/lists" }

    /// The plugin's own program for signatures, where it is installed.
    private static var verifier: String? {
        guard let own = realpath("/proc/self/exe", nil) else { return nil }
        defer { free(own) }
        guard let directory = Paths.parent(String(cString: own)) else { return nil }
        let path = "\(directory)/resources/apt-key"
        return access(path, X_OK) == 0 ? path : nil
    }

    private var options: [String] {
        var settings = [
            "Dir::State=\(scratch)", "Dir::State::lists=\(listsDirectory)",
            "Dir::State::status=\(statusFile ?? noPackages)",
            "Dir::State::extended_states=\(scratch)/extended_states",
            "Dir::Cache=\(scratch)", "Dir::Cache::srcpkgcache=\(sourceCache)",
            "Dir::Cache::pkgcache=\(cacheOfAll)", "Dir::Cache::archives=\(noArchives)",
            "Dir::Log=\(scratch)/log",
            "APT::Architecture=\(architecture)", "APT::Architectures=\(architecture)",
            "APT::Sandbox::User=root", "APT::Update::Error-Mode=any", "APT::Get::Assume-Yes=true",
            // The host holds a lock on the cache; and without this apt lists MD5 sums.
            "Debug::NoLocking=true", "Acquire::ForceHash=SHA256", "quiet::NoUpdate=true",
            // Signed lists need not have the digest of an index that was compressed again.
            "Acquire::GzipIndexes=false",
            // The project's own packages take precedence regardless of version, which allows requested downgrades.
            "APT::Get::allow-downgrades=true",
        ]
        // apt warns of a directory that is not there.
        if let verifier = Self.verifier { settings.append("Dir::Bin::apt-key=\(verifier)") }
        if !SystemFile.exists("/etc/apt/preferences.d") { settings.append("Dir::Etc::preferencesparts=/dev/null") }
        if let kept { settings += KeptPackages.aptSettings(kept) }
        if isClosed { settings.append("Dir::Etc::sourceparts=/dev/null") }
        return settings.flatMap { ["-o", $0] }
    }

    /// Updates the indexes, without the binary form that apt would make of them and the next command would make again.
    func update(_ settings: [String] = []) throws(ErrorObject) -> Outcome {
        try run((["pkgCacheFile::Generate=false"] + settings).flatMap { ["-o", $0] } + ["update"])
    }

    /// Runs apt-get; a status that is not 0 is for the caller to judge.
    func run(_ arguments: [String]) throws(ErrorObject) -> Outcome {
        var outcome = Outcome(status: 0, output: [], messages: [])
        var current: [String] = []
        let arguments = ["apt-get"] + options + arguments
        channel.command(arguments)
        let command = ChildCommand(
            arguments: arguments,
            environment: Self.environment,
            onLine: { line in
                onLine(line)
                current.append(line)
            },
            // apt would try again and again, with longer and longer pauses.
            isHopeless: NoSpace.isMeant
        )
        outcome.status = try command.run()
        outcome.output = current
        outcome.messages = current.filter { line in
            ["E: ", "W: ", "N: ", "Err:", "  "].contains { line.hasPrefix($0) }
        }
        return outcome
    }

    /// The environment of the sandbox, proxies among it, with messages in one language.
    static var environment: [String: String] {
        var environment = ScriptEnvironment.inherited()
        environment["LC_ALL"] = "C.UTF-8"
        environment["LANGUAGE"] = "C"
        environment["DEBIAN_FRONTEND"] = "noninteractive"
        return environment
    }
}

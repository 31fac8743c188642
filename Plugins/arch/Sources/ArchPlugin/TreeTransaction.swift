import ByteKeys
import DistributionKit
import Glibc
import PluginKit
import PluginWire
import System

/// Runs the pacman of the tools on a tree, with the tree as its root directory.
///
/// It enters the tree before it reads or writes anything (`--sysroot`): links of the tree lead to places in the tree.
/// Package files stay outside; what it needs of this program is in the tree's `/run`, which is mounted for the time.
struct TreeTransaction {
    private let root: String
    private let links: PackageLinks
    private let directory: String
    private let environment: [String: String]
    private let channel: ToolChannel

    /// The options of the sandbox's configuration that concern the tree.
    static func configuration() -> PacmanConfiguration {
        let sandbox = PacmanConfiguration(path: PacmanConfiguration.path)
        var configuration = PacmanConfiguration()
        configuration.options = sandbox.options.filter { entry in
            !ResolveTool.ownOptions.contains(entry.key) && !entry.key.hasSuffix("SigLevel")
                && !["XferCommand", "ParallelDownloads"].contains(entry.key)
        }
        // Signatures were checked outside, where there is a gpg.
        for key in ["SigLevel", "LocalFileSigLevel"] {
            configuration.options.append(PacmanConfiguration.Entry(key: key, value: "Never"))
        }
        return configuration
    }

    init(
        root: String,
        files: [String],
        configuration: PacmanConfiguration,
        sourceDateEpoch: Int?,
        channel: ToolChannel
    ) throws(ErrorObject) {
        self.root = root
        self.channel = channel
        var environment = ScriptEnvironment.variables(sourceDateEpoch: sourceDateEpoch)
        // Kernels are installed for booting by boot loaders, at the end.
        environment["KERNEL_INSTALL_BYPASS"] = "1"
        environment["SYSTEMD_OFFLINE"] = "1"
        self.environment = environment
        var links = try PackageLinks(files)
        directory = try TreeEntry.visit(root) { () throws(ErrorObject) in
            try SystemFile.makeDirectories("/var/lib/pacman")
            if !files.isEmpty { try links.make() }
            let directory = try SystemFile.makePrivateDirectory("/run/mkosi-pacman-")
            try SystemFile.write("\(directory)/pacman.conf", Array(configuration.text.utf8))
            return directory
        }
        self.links = links
    }

    /// Removes what it put into the tree's `/run`.
    func remove() {
        try? TreeEntry.visit(root) { () throws(ErrorObject) in
            links.remove()
            unlink("\(directory)/pacman.conf")
            rmdir("\(directory)/packages")
            rmdir(directory)
        }
    }

    /// Installs the files; what is in their way and belongs to no package, such as files of a skeleton tree, is replaced.
    func install(total: Int, options: [String] = []) throws(ErrorObject) {
        let arguments = ["--upgrade", "--noprogressbar"] + options
        let first = try run(arguments + links.paths, total: total)
        if first.status == 0 { return }
        let unowned = first.lines.compactMap(Self.unownedPath)
        guard first.status != 0, !unowned.isEmpty else {
            throw PacmanFailure.ofTransaction("install", first.lines, status: first.status)
        }
        let replaced = unowned.flatMap { ["--overwrite", Self.literal($0)] }
        let second = try run(arguments + replaced + links.paths, total: total)
        if second.status != 0 { throw PacmanFailure.ofTransaction("install", second.lines, status: second.status) }
    }

    /// Removes packages, those that need them, and those that only they needed.
    func removePackages(_ names: [String]) throws(ErrorObject) {
        let result = try run(
            ["--remove", "--noprogressbar", "--cascade", "--nosave", "--recursive", "--"] + names,
            total: names.count
        )
        if result.status != 0 { throw PacmanFailure.ofTransaction("remove", result.lines, status: result.status) }
    }

    private var options: [String] {
        [
            "--sysroot", root, "--config", "\(directory)/pacman.conf", "--cachedir", "\(directory)/packages",
            "--gpgdir", "\(directory)/gnupg", "--logfile", "/dev/null", "--noconfirm", "--color", "never",
        ]
    }

    private func command(_ arguments: [String]) -> [String] { ["pacman"] + options + arguments }

    /// The files, as pacman sees them.
    var linkPaths: [String] { links.paths }

    /// Runs it for a script, with the script's own input and output, and returns its status.
    func plain(_ arguments: [String]) throws(ErrorObject) -> Int32 {
        links.keepAcrossExec()
        return try PlainCommand(arguments: command(arguments)).run()
    }

    private func run(_ arguments: [String], total: Int) throws(ErrorObject) -> PacmanCommand.Outcome {
        var lines: [String] = []
        var done = 0
        let all = command(arguments)
        channel.command(all)
        let command = ChildCommand(
            arguments: all,
            environment: environment,
            onLine: { line in
                print(line)
                lines.append(line)
                let words = line.utf8.split(separator: UInt8(ascii: " ")).map { String(Substring($0)) }
                guard words.count == 2, ["installing", "upgrading", "removing"].contains(words[0]) else { return }
                done += 1
                if !channel.isQuiet { channel.progress(words[0], done: done, total: total, unit: "packages") }
            },
            inherited: links.descriptors
        )
        let status = try command.run()
        for line in lines where line == "error: command failed to execute correctly" {
            channel.warning("a script of a package failed, which pacman does not take for an error: \(line)")
        }
        return PacmanCommand.Outcome(status: status, lines: lines)
    }

    /// The path of `NAME: PATH exists in filesystem`, without the slash at the front; nil if a package owns it.
    static func unownedPath(_ line: String) -> String? {
        let ending = " exists in filesystem"
        guard line.hasSuffix(ending), let colon = line.firstRange(of: ": /") else { return nil }
        return String(line[colon.upperBound...].dropLast(ending.count))
    }

    /// A path as a pattern that means nothing else.
    private static func literal(_ path: String) -> String {
        var bytes: [UInt8] = []
        for byte in path.utf8 {
            if "*?[]\\!".utf8.contains(byte) { bytes.append(UInt8(ascii: "\\")) }
            bytes.append(byte)
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

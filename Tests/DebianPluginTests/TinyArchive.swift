import JSON
import PluginKit
import PluginWire
import Support
import System
import TestSupport
import Testing

@testable import DebianPlugin

/// A signed repository on disk, and apt's configuration for it.
struct TinyArchive {
    let directory: String

    init(in directory: borrowing TemporaryDirectory) throws {
        self.directory = directory("apt")
        try Files.makeDirectories(self.directory)
        try runChecked([Paths.join(Stage.packageRoot, "Tests/Fixtures/tiny-apt.sh"), self.directory])
        for name in ["state", "etc/apt/sources.list.d", "etc/apt/apt.conf.d"] {
            try Files.makeDirectories("\(self.directory)/\(name)")
        }
        try write(suite: "tiny")
    }

    static var canRun: Bool {
        TestUser.isRoot && ["apt-get", "dpkg-deb", "gpg"].allSatisfy { Paths.findProgram($0) != nil }
    }

    var release: String { "\(directory)/repository/dists/tiny/InRelease" }

    func write(
        suite: String,
        uri: String? = nil,
        components: [String] = ["main"],
        change: (inout AptSource) -> Void = { _ in }
    ) throws {
        var source = AptSource(uris: [uri ?? "file:\(directory)/repository"], suites: [suite], components: components)
        source.signedBy = ["\(directory)/keyring.gpg"]
        change(&source)
        try Files.write(Array(source.text.utf8), to: "\(directory)/etc/apt/sources.list.d/tiny.sources")
    }

    func replaceRelease(with name: String) throws {
        try Files.write(Files.read("\(directory)/\(name)"), to: release)
    }

    /// What the tool logged.
    func logged(_ level: String) throws -> [String] {
        try TinyPackages.messages("\(directory)/messages").compactMap(\.log).filter { $0.level == level }.map(\.message)
    }

    /// `space` is how many bytes fit into apt's state; `components` are what the user asked for.
    func resolve(
        _ packages: [String],
        offline: Bool = false,
        space: String? = nil,
        components: [String]? = nil,
        change: (inout ResolvePlan) -> Void = { _ in }
    ) throws -> Result<ABI.V1.Resolved, ErrorObject> {
        let messages = "\(directory)/messages"
        try Files.write([], to: messages)
        var plan = ResolvePlan(
            cache: "\(directory)/state",
            scratch: "\(directory)/scratch",
            architecture: "amd64",
            packages: ["?essential"] + packages,
            offline: offline,
            components: components,
            channel: messages
        )
        change(&plan)
        let script = """
            mount --bind "$1/etc/apt" /etc/apt
            [ -z "$3" ] || mount -t tmpfs -o "size=$3" full "$1/state"
            "$2" --tool resolve plan; exit $?
            """
        let program = try TinyPackages.program
        let result = try run(
            ["unshare", "--mount", "sh", "-euc", script, "sh", directory, program, space ?? ""],
            input: try JSONText.string(plan)
        )
        if result.succeeded {
            let line = try #require(result.outputLines.last)
            return .success(try JSONText.decode(ABI.V1.Resolved.self, from: line.utf8))
        }
        let error = try TinyPackages.messages(messages).compactMap(\.error).last
        return .failure(try #require(error, "\(result)"))
    }

    func failure(_ packages: [String] = ["tool"], offline: Bool = false) throws -> ErrorObject {
        switch try resolve(packages, offline: offline) {
        case .success(let resolved): throw Failure(.command, "\(resolved.packages.map(\.name)) were resolved")
        case .failure(let error): return error
        }
    }
}

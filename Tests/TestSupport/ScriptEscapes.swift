import Support
import System

/// The techniques of `Tests/Fixtures/escapes.c` as the content of a package whose script tries them.
public struct ScriptEscapes {
    private let directory: TemporaryDirectory
    private let targets: EscapeTargets
    /// The program, which needs no library.
    public let program: [UInt8]

    /// Where the package has the program.
    public static let path = "/usr/lib/escapes"
    /// Where the script writes what it has found.
    public static let outcomes = "/usr/share/outcomes"

    public init() throws {
        directory = try TemporaryDirectory(openToAll: true)
        try directory.write("secret\n", to: "canary", mode: 0o644)
        targets = try EscapeTargets(canary: directory("canary"))
        let source = Paths.join(Stage.packageRoot, "Tests/Fixtures/escapes.c")
        try runChecked(["cc", "-O1", "-static", "-o", directory("escapes"), source])
        program = try Files.read(directory("escapes"))
    }

    /// Text for `/bin/sh`, of which it needs nothing but the shell itself.
    ///
    /// The directory that is shown read-only is that of kernel settings; techniques that need a file in it have none.
    public var script: String {
        let variables = (targets.variables + ["RO=/proc/sys", "RW=/usr/share"]).map { "\(ShellQuoting.word($0)) " }
        return "\(variables.joined())\(Self.path) >\(Self.outcomes) </dev/null\n"
    }

    /// What led out of the script, or was not tried.
    ///
    /// - Parameters:
    ///   - text: What the script has written.
    ///   - user: Who has built the image.
    ///   - harmless: Techniques that may work, because a test of its own looks at what they reach.
    /// - Returns: Sentences; none where everything held.
    /// - Throws: an error where the file outside cannot be read.
    public func findings(_ text: String, user: TestUser, harmless: Set<String> = []) throws -> [String] {
        let outcomes = EscapeTargets.outcomes(text)
        var expected = EscapeOutcomes.expected
        if user != .root { expected.merge(EscapeOutcomes.ofOrdinaryUsers) { $1 } }
        var findings: [String] = []
        if Set(outcomes.keys) != Set(expected.keys) { findings.append("only \(outcomes.count) techniques were tried") }
        for (name, outcome) in outcomes.sorted(by: { $0.key < $1.key })
        where outcome == "done" && expected[name]?.contains("done") != true
            && !harmless.union(Self.harmless).contains(name)
        {
            findings.append("\(name) got through")
        }
        if try Files.readText(directory("canary")) != "secret\n" { findings.append("the file outside has changed") }
        return findings
    }

    /// Of packages, mknod(2) of a device says that it has made one, and makes none: the finished system has devtmpfs.
    private static let harmless: Set<String> = ["node_memory", "node_disk"]
}

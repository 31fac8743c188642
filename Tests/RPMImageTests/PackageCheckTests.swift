import ByteKeys
import JSON
import Support
import System
import TestSupport
import Testing

/// `mkosi plugin check` with packages: all is well with the plugins that ship, and each fault of another is found.
@Suite(.serialized, .enabled(if: ZypperProject.isPossible, "needs zypper, rpm and gpgv")) struct PackageCheckTests {
    /// Makes a copy of a plugin that is broken in one way, and checks it.
    private static func check(_ fault: String, only: String) throws -> RunResult {
        let directory = try TemporaryDirectory()
        let original = Paths.join(try Stage.plugins, "opensuse")
        var manifest = try JSON.parse(Files.read(original + "/plugin.json")).object ?? [:]
        manifest["start"] = [
            "executable": ["broken-proxy.py", .string(original + "/program"), .string(fault)]
        ]
        manifest["provides"] = ["distributions": manifest["provides"]?["distributions"] ?? .null]
        try directory.write(JSON.object(manifest).indentedText, to: "opensuse/plugin.json")
        let proxy = Paths.join(Stage.packageRoot, "Tests/Fixtures/plugins/broken-proxy.py")
        try directory.write(Files.read(proxy), to: "opensuse/broken-proxy.py", mode: 0o755)
        return try run(
            [Stage.mkosi, "plugin", "check", "--only", only, directory("opensuse")],
            environment: plainEnvironment + ["HOME=\(directory.path)"]
        )
    }

    private static let faults = [
        ("loose", "a setuid bit is kept"), ("plain-directories", "a setgid directory is kept"),
        ("unsticky", "a sticky directory is kept"), ("copying", "two names of a file are hard links"),
        ("following", "a symbolic link is kept as it is"), ("talkative", "no log and no cache of the package manager"),
        ("careless", "a configuration file has its content"), ("scriptless", "scripts of packages run"),
        ("plain-names", "names that are not ASCII"), ("powerless", "capabilities of files"),
        ("rootly", "groups of files"), ("mute", "documentation is installed"),
        ("wordy", "documentation is left out"), ("generous", "weak dependencies are left out"),
        ("stingy", "weak dependencies are installed"), ("keeping", "removal removes the files"),
        ("helpless", "scripts of projects install"), ("trusting", "an unsigned repository is refused"),
        ("trusting", "signed by another key"), ("trusting", "whose key has expired"),
        ("trusting", "not the one that was signed"), ("vague", "a package that does not exist"),
        ("vague", "a broken dependency"), ("vague", "both packages of a conflict"), ("vague", "a package whose script"),
    ]

    @Test(arguments: Soak.isEnabled ? faults : faults.enumerated().filter { $0.offset % 5 == 0 }.map(\.element))
    func aFaultIsFound(_ fault: String, _ check: String) throws {
        let result = try Self.check(fault, only: check)
        let failed = result.outputLines.filter { $0.hasPrefix("failed") }
        #expect(failed.count == 1 && failed[0].contains(check), "\(result)")
    }

    @Test(arguments: ["fedora", "opensuse"])
    func pluginsThatShipPass(_ name: String) throws {
        let result = try run([Stage.mkosi, "plugin", "check", name])
        #expect(result.succeeded, "\(result)")
    }

    @Test func theOutputCanBeTAP() throws {
        let result = try run([
            Stage.mkosi, "plugin", "check", "--tap", "--only", "a package that does not exist", "opensuse",
        ])
        #expect(result.succeeded, "\(result)")
        #expect(result.outputLines.first == "TAP version 14")
        let names = result.outputLines.filter { $0.hasPrefix("ok ") }
        #expect(result.outputLines.last == "1..\(names.count)")
        #expect(names.last == "ok \(names.count) - a package that does not exist is named")
    }
}

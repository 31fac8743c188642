import ByteKeys
import JSON
import Support
import System
import TestSupport
import Testing

/// `mkosi plugin check` with packages: all is well with the plugins that ship, and each fault of another is found.
@Suite(.serialized) struct PackageCheckTests {
    /// A way in which a plugin is broken, and the check that has to find it.
    struct Fault: CustomTestStringConvertible, Sendable {
        var name: String
        var check: String
        /// The plugin that is broken so; without a further word those of all formats that have the check.
        var plugin: String?

        init(_ name: String, _ check: String, of plugin: String? = nil) {
            self.name = name
            self.check = check
            self.plugin = plugin
        }

        var testDescription: String { "\(plugin ?? "any"), \(name): \(check)" }
    }

    /// Programs without which a plugin cannot be tried.
    private static let programs = [
        "fedora": ["dnf", "rpm"], "opensuse": ["zypper", "rpm", "gpgv"], "arch": ["pacman", "gpg"],
        "debian": ["apt-get", "dpkg", "gpgv"],
    ]

    private static func canRun(_ plugin: String) -> Bool {
        programs[plugin]?.allSatisfy { Paths.findProgram($0) != nil } == true
    }

    /// Makes a copy of a plugin that is broken in one way, and checks it.
    private static func check(_ fault: Fault) throws -> RunResult {
        let directory = try TemporaryDirectory()
        let plugin = fault.plugin ?? "fedora"
        let original = Paths.join(try Stage.plugins, plugin)
        var manifest = try JSON.parse(Files.read(original + "/plugin.json")).object ?? [:]
        manifest["start"] = [
            "executable": ["broken-proxy.py", .string(original + "/program"), .string(fault.name)]
        ]
        manifest["provides"] = ["distributions": manifest["provides"]?["distributions"] ?? .null]
        try directory.write(JSON.object(manifest).indentedText, to: "\(plugin)/plugin.json")
        let proxy = Paths.join(Stage.packageRoot, "Tests/Fixtures/plugins/broken-proxy.py")
        try directory.write(Files.read(proxy), to: "\(plugin)/broken-proxy.py", mode: 0o755)
        return try run(
            [Stage.mkosi, "plugin", "check", "--only", fault.check, directory(plugin)],
            environment: plainEnvironment + ["HOME=\(directory.path)"],
            limit: 300
        )
    }

    /// In CI there is one of each kind, of one plugin; the others of the kind are spoilt by the same means.
    private static let chosen: [Fault] = {
        if Soak.isEnabled { return programs.keys.filter(canRun).sorted().flatMap(faults) }
        let sample: Set = ["loose", "misversioned", "trusting", "vague"]
        var seen: Set<String> = []
        return faults(of: "fedora").filter { sample.contains($0.name) && seen.insert($0.name).inserted }
    }()

    /// The faults of a plugin whose checks there are for its package format.
    private static func faults(of plugin: String) -> [Fault] {
        guard canRun(plugin), let listed = try? run([Stage.mkosi, "plugin", "check", "--list", plugin]) else {
            return []
        }
        return Fault.all.compactMap { fault in
            guard fault.plugin == nil || fault.plugin == plugin,
                listed.outputLines.contains(where: { $0.contains(fault.check) })
            else { return nil }
            return Fault(fault.name, fault.check, of: plugin)
        }
    }

    @Test(arguments: chosen)
    func aFaultIsFound(_ fault: Fault) throws {
        let result = try Self.check(fault)
        let failed = result.outputLines.filter { $0.hasPrefix("failed") }
        #expect(failed.count == 1 && failed[0].contains(fault.check), "\(result)")
    }

    @Test(
        "Each check of packages is shown to fail",
        arguments: ["fedora", "opensuse", "arch", "debian", "postmarketos"]
    )
    func everyCheckHasAFault(_ plugin: String) throws {
        let listed = try run([Stage.mkosi, "plugin", "check", "--list", plugin])
        #expect(listed.succeeded && listed.outputLines.count > 80, "\(listed)")
        for name in listed.outputLines {
            let hasFault = Fault.all.contains { name.contains($0.check) }
            #expect(hasFault, "no fault of the tests makes \"\(name)\" fail")
        }
    }

    @Test(arguments: programs.keys.filter(canRun).sorted())
    func pluginsThatShipPass(_ name: String) throws {
        // All are run where there is time; here what one build shows.
        let part = Soak.isEnabled ? [] : ["--only", "is kept", "--only", "are those"]
        let result = try run([Stage.mkosi, "plugin", "check"] + part + [name], limit: 900)
        #expect(result.succeeded, "\(result)")
        #expect(result.outputLines.contains { $0.hasPrefix("ok       a setuid bit is kept") }, "\(result)")
    }

    @Test(.enabled(if: canRun("debian"), "needs apt-get, dpkg and gpgv"))
    func theOutputCanBeTAP() throws {
        let result = try run([
            Stage.mkosi, "plugin", "check", "--tap", "--only", "a package that does not exist", "--only", "a path can",
            "debian",
        ])
        #expect(result.succeeded, "\(result)")
        #expect(result.outputLines.first == "TAP version 14")
        let names = result.outputLines.filter { $0.hasPrefix("ok ") }
        #expect(result.outputLines.last == "1..\(names.count)")
        #expect(names.last == "ok \(names.count) - a package that does not exist is named")
        #expect(
            names.contains { $0.contains("a path can be asked for # SKIP packages of the format deb have no paths") }
        )
    }
}

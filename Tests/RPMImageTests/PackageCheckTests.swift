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
        /// The plugin that is broken so.
        var plugin: String

        init(_ name: String, _ check: String, of plugin: String = "fedora") {
            self.name = name
            self.check = check
            self.plugin = plugin
        }

        var testDescription: String { "\(plugin), \(name): \(check)" }
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
        let original = Paths.join(try Stage.plugins, fault.plugin)
        var manifest = try JSON.parse(Files.read(original + "/plugin.json")).object ?? [:]
        manifest["start"] = [
            "executable": ["broken-proxy.py", .string(original + "/program"), .string(fault.name)]
        ]
        manifest["provides"] = ["distributions": manifest["provides"]?["distributions"] ?? .null]
        try directory.write(JSON.object(manifest).indentedText, to: "\(fault.plugin)/plugin.json")
        let proxy = Paths.join(Stage.packageRoot, "Tests/Fixtures/plugins/broken-proxy.py")
        try directory.write(Files.read(proxy), to: "\(fault.plugin)/broken-proxy.py", mode: 0o755)
        return try run(
            [Stage.mkosi, "plugin", "check", "--only", fault.check, directory(fault.plugin)],
            environment: plainEnvironment + ["HOME=\(directory.path)"],
            limit: 300
        )
    }

    /// In CI there is one of each kind; the others of the kind are spoilt by the same means.
    private static var chosen: [Fault] {
        let sample: Set = ["loose", "misversioned", "trusting", "vague"]
        var seen: Set<String> = []
        let faults =
            Soak.isEnabled ? Fault.all : Fault.all.filter { sample.contains($0.name) && seen.insert($0.name).inserted }
        return faults.filter { canRun($0.plugin) }
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

extension PackageCheckTests.Fault {
    static let all: [Self] = ofFiles + ofAnswers + ofChoice + ofChanges + ofTrust

    private static let ofFiles: [Self] = [
        Self("loose", "a setuid bit is kept"), Self("plain-directories", "a setgid directory is kept"),
        Self("unsticky", "a sticky directory is kept"), Self("copying", "two names of a file are hard links"),
        Self("following", "a symbolic link is kept as it is"), Self("relinking", "directories that are links stay"),
        Self("powerless", "capabilities of files"), Self("careless", "a configuration file has its content"),
        Self("rootly", "groups of files"), Self("plain-names", "names that are not ASCII"),
        Self("mute", "documentation is installed"), Self("talkative", "no log and no cache of the package manager"),
        Self("littering", "nothing is left where programs put temporary files"),
        Self("homely", "nothing is left in the home directory"), Self("mounting", "nothing of what the build mounts"),
        Self("padding", "a file without content"), Self("cutting", "a large file is whole"),
        Self("pruning", "an empty directory"), Self("opening", "a directory for root alone"),
        Self("opening", "a file for root alone"), Self("opening", "a setgid program"),
        Self("touching", "times of files"), Self("tidy", "a symbolic link that leads nowhere"),
        Self("relative", "an absolute symbolic link"), Self("blank", "names with blanks"),
        Self("signs", "names with signs of the shell"), Self("short-names", "long names are kept"),
        Self("inventive", "no file has another name"),
        Self("undiverted", "a file of another package is diverted", of: "debian"),
        Self("untaken", "a file is taken over", of: "debian"),
        Self("scriptless", "scripts of packages run"), Self("disorderly", "scripts run once each"),
        Self("early", "scripts that run at a removal"),
    ]

    private static let ofAnswers: [Self] = [
        Self("misversioned", "versions are those of the packages"), Self("epochless", "versions have their epochs"),
        Self("universal", "architectures are those"), Self("bloated", "sizes agree with the files"),
        Self("sourceless", "source packages are those"), Self("ownerless", "the owner of a file is named"),
        Self("ownerless", "the owner of a file of a later layer"),
        Self("unlicensed", "licences are those"), Self("clinging", "without its database nothing"),
    ]

    private static let ofChoice: [Self] = [
        Self("refusing", "packages of a signed repository are installed"),
        Self("greedy", "what resolve names"), Self("odd", "a package whose name has signs"),
        Self("one-handed", "packages that need each other"), Self("half", "a package without files"),
        Self("forgetful", "a package that is asked for twice"), Self("generous", "weak dependencies are left out"),
        Self("stingy", "weak dependencies are installed"), Self("wordy", "documentation is left out"),
        Self("sweeping", "what is no documentation"), Self("aged", "the newest version is chosen"),
        Self("newest", "a version can be asked for"), Self("literal", "what packages provide can be asked for"),
        Self("pathless", "a path can be asked for"), Self("switching", "the one that is asked for is installed"),
        Self("undecided", "exclude each other"),
    ]

    private static let ofChanges: [Self] = [
        Self("keeping", "a removed package is no longer listed"), Self("keeping", "removal removes the files"),
        Self("keeping", "removal removes configuration files"), Self("keeping", "removal runs the scripts"),
        Self("keeping", "what only a removed package needed"), Self("thorough", "what others need stays"),
        Self("strict", "the removal of a package that is not installed"),
        Self("helpless", "scripts of projects install"), Self("forgetful", "packages are installed into a later layer"),
        Self("resetting", "a later layer leaves the files"), Self("forgetful", "one package more is installed"),
        Self("random", "an image on a kept layer"), Self("lonely", "packages of the project's own are installed"),
        Self("lonely", "packages of the project's own are preferred"), Self("unlocked", "a lock file keeps"),
    ]

    private static let ofTrust: [Self] = [
        Self("vague", "a package that does not exist"), Self("vague", "a broken dependency"),
        Self("vague", "a version that does not exist"), Self("vague", "both packages of a conflict"),
        Self("vague", "two packages with the same file"), Self("vague", "a package for other machines"),
        Self("vague", "a word that looks like an option"), Self("vague", "a package whose script"),
        Self("vague", "a repository that does not exist"), Self("locking", "a build that was cancelled"),
        Self("trusting", "an unsigned repository is refused"),
        Self("trusting", "a repository that is signed by another key"),
        Self("trusting", "whose key has expired"), Self("trusting", "not the one that was signed"),
        Self("blind", "a part of an index"), Self("patient", "no longer good", of: "debian"),
        Self("blind", "a package that is not the one of the index"),
        Self("trusting", "a package that is signed by another key"), Self("trusting", "what was refused once"),
        Self("suspicious", "an unsigned repository is used"), Self("online", "uses what is cached"),
        Self("secretive", "what is not cached is an error"), Self("secretive", "a cached index is not renewed"),
        Self("lazy", "a new index is used"), Self("random", "two builds have the same bytes"),
        Self("masked", "the mask of the user"), Self("homesick", "the home directory of the user"),
    ]
}

import ByteKeys
import JSON
import PluginWire
import Support
import System
import TestSupport

/// A tiny project of which a test knows which steps a build has run: those that have a layer which was not there before.
final class InputProject {
    let tiny: TinyProject
    private var layers: Set<String> = []

    /// Steps in the order of a build, by the names that plans and the store give them.
    static let imageChain = [
        "packages", "prepare", "volatile-packages", "build-result", "extra", "postinst", "login-settings", "sysusers",
        "tmpfiles", "presets", "depmod", "settings", "hwdb", "catalog", "removal", "finalize", "assemble",
    ]
    static let buildChain = ["build-packages", "prepare-build", "build"]

    /// A project without scripts, or with one of every kind.
    init(hasScripts: Bool) throws {
        tiny = try TinyProject(
            configuration: """
                [Output]
                Seed=0e9a6fe0-68f6-408c-bbeb-136054d20445
                OutputDirectory=mkosi.output
                [Content]
                PackageDirectories=local
                BuildPackages=extra
                VolatilePackages=\(hasScripts ? "late" : "")
                VolatilePackageDirectories=volatile
                [Build]
                Incremental=yes
                BuildSources=src
                Environment=A=1
                EnvironmentFiles=variables
                """
        )
        try tiny.addShell()
        let trees = ["mkosi.skeleton/srv", "mkosi.extra/srv", "mkosi.sandbox/etc/mark"]
        for tree in trees + ["src", "other", "more", "volatile"] {
            for name in ["file", "directory/file"] {
                try tiny.directory.write("\(tree) \(name)\n", to: "project/\(tree)/\(name)")
            }
            try runChecked(["ln", "-s", "file", "\(tiny.project)/\(tree)/link"])
        }
        try tiny.directory.makeDirectory("project/mkosi.output")
        try tiny.directory.write("B=file\n", to: "project/variables")
        try tiny.directory.write("[Content]\nHostname=profile\n", to: "project/mkosi.profiles/one.conf")
        try tiny.directory.write("[Match]\nImageId=never\n[Content]\nTimezone=UTC\n", to: "project/mkosi.conf.d/a.conf")
        try runChecked(["python3", TinyProject.fixture("tiny-package.py"), "\(tiny.project)/local"])
        if hasScripts {
            for kind in ["sync", "prepare", "build", "postinst", "finalize", "postoutput", "clean"] {
                // Each reads all that it may read.
                let reading = #"cat "$MKOSI_CONFIG" >/dev/null; ls "$SRCDIR" >/dev/null"#
                try tiny.script("mkosi.\(kind)", "true \(kind); \(reading)")
            }
        }
        try runChecked(["find", tiny.project, "-exec", "touch", "-h", "-d", "@1400000000", "{}", "+"])
        try runChecked(["cp", "-a", tiny.project, tiny.directory("kept")])
    }

    /// Makes the project what it was at first.
    func restore() throws {
        let outputs = "mkosi.output"
        try runChecked(
            ["sh", "-euc", #"mv "$1/$3" "$4"; rm -r "$1"; cp -a "$2" "$1"; rm -r "$1/$3"; mv "$4" "$1/$3""#, "sh"]
                + [tiny.project, tiny.directory("kept"), outputs, tiny.directory("outputs")]
        )
    }

    /// Builds and returns the steps that ran, in their order.
    func build(
        _ arguments: [String] = [],
        in directory: String? = nil
    ) throws -> (steps: [String], result: RunResult) {
        let before = layers
        let place = directory.map { ["-C", $0] } ?? []
        // The project may have been moved away.
        if directory != nil { try Files.makeDirectories(tiny.project) }
        let result = try tiny.build(place + (arguments.contains("-ff") ? arguments : ["-f"] + arguments))
        guard result.succeeded else { throw Failure(.command, "\(result)") }
        let directory = tiny.directory("home/.cache/mkosi/layers")
        var names: Set<String> = []
        for name in try Files.list(directory) where name.utf8.count == 64 {
            layers.insert(name)
            if before.contains(name) { continue }
            let record = try JSON.parse(try Files.read("\(directory)/\(name)/record.json"))
            guard case .object(let members) = record, case .string(let step)? = members["step"] else { continue }
            // One for each part of the packages.
            names.insert(String(step.prefix { $0 != "+" }))
        }
        for name in ["sync", "assemble"] where !result.tasks(name).isEmpty { names.insert(name) }
        return (Self.ordered(names), result)
    }

    /// The steps that a plan would run.
    func plan(_ arguments: [String] = []) throws -> [String] {
        let result = try tiny.mkosi(["plan", "--json"] + arguments)
        guard result.succeeded, case .object(let whole) = try JSON.parse(result.output.utf8),
            case .array(let images)? = whole["Images"], case .object(let image)? = images.last,
            case .array(let steps)? = image["Steps"]
        else { throw Failure(.command, "\(result)") }
        var names: Set<String> = []
        for step in steps {
            guard case .object(let members) = step, case .string(let name)? = members["Step"] else { continue }
            if members["State"] == .string("run") { names.insert(String(name.prefix { $0 != "+" })) }
        }
        return Self.ordered(names)
    }

    private static func ordered(_ names: Set<String>) -> [String] {
        let order = ["sync"] + imageChain.prefix(2) + buildChain + imageChain.dropFirst(2)
        return names.sorted { (order.firstIndex(of: $0) ?? 99, $0) < (order.firstIndex(of: $1) ?? 99, $1) }
    }

    /// The steps that have to run when these have other inputs, and nothing else has: those above them in their chain.
    func steps(from first: [String], among existing: [String]) -> [String] {
        var names = Set(first.filter { $0 == "sync" })
        for name in first {
            if let index = Self.imageChain.firstIndex(of: name) {
                names.formUnion(Self.imageChain[index...])
                if index <= 1 { names.formUnion(Self.buildChain) }
            }
            if let index = Self.buildChain.firstIndex(of: name) { names.formUnion(Self.buildChain[index...]) }
        }
        return Self.ordered(names.intersection(existing + first))
    }
}

public import Support
import System

/// `mkosi plugin`: its subcommands, on values and text, so that the command line only passes words on.
public struct PluginCommand {
    private let searchPath: PluginSearchPath
    private let installation: Installation
    private let version: String
    private let rules: ManifestRules
    private let currentDirectory: String
    private let write: (String) throws(Failure) -> Void

    /// What follows `mkosi plugin`, for help.
    public static let usage =
        "list | info NAME | check [--tap | --list] [--only TEXT]… [PATH] | new NAME --language LANGUAGE [--kind KIND] | index DIRECTORY…"

    /// - Parameters:
    ///   - searchPath: Where plugins are looked for.
    ///   - installation: Where templates and the bridge are.
    ///   - version: Of the host program.
    ///   - rules: What manifests may name of the host.
    ///   - currentDirectory: What relative paths are relative to.
    ///   - write: Takes the output.
    public init(
        searchPath: PluginSearchPath,
        installation: Installation,
        version: String,
        rules: ManifestRules = ManifestRules(),
        currentDirectory: String,
        write: @escaping (String) throws(Failure) -> Void
    ) {
        self.searchPath = searchPath
        self.installation = installation
        self.version = version
        self.rules = rules
        self.currentDirectory = currentDirectory
        self.write = write
    }

    /// Runs a subcommand and returns the exit status.
    public func run(_ arguments: [String]) throws(Failure) -> CInt {
        var words = PluginArguments(arguments)
        switch words.next() {
        case "list", nil:
            try words.finish()
            try write(PluginReport.list(PluginCatalogue(searchPath, rules: rules)))
            return 0
        case "info":
            let name = try words.required("the name of a plugin")
            try words.finish()
            try write(PluginReport.info(PluginCatalogue(searchPath, rules: rules).plugin(named: name)))
            return 0
        case "check":
            var path: String?
            var isTAP = false
            var only: [String] = []
            var isList = false
            while let word = words.next() {
                switch word {
                case "--tap": isTAP = true
                case "--list": isList = true
                case "--only": only.append(try words.required("a part of the names of checks"))
                case _ where path == nil && !word.hasPrefix("-"): path = word
                default: throw Failure(.usage, "mkosi plugin check does not expect \"\(word)\"")
                }
            }
            return try check(
                Paths.absolute(path ?? ".", from: currentDirectory),
                isTAP: isTAP,
                isList: isList,
                only: only
            )
        case "new": return try new(&words)
        case let other?:
            throw Failure(
                .usage,
                "There is no command \"mkosi plugin \(other)\"",
                hint: "Usage: mkosi plugin \(Self.usage)"
            )
        }
    }

    /// Runs the conformance suite on a directory, a manifest, or the name of an installed plugin.
    ///
    /// The output is a table, or the Test Anything Protocol. With `only`, of the checks that build images those are run
    /// whose names contain one of its texts; `isList` prints the names of all and runs none.
    private func check(_ path: String, isTAP: Bool, isList: Bool, only: [String]) throws(Failure) -> CInt {
        var directory = path
        if Paths.name(path) == ManifestReader.fileName, let parent = Paths.parent(path) { directory = parent }
        let catalogue = PluginCatalogue(searchPath, rules: rules)
        if !Files.exists(path), let plugin = try? catalogue.plugin(named: Paths.name(path)) {
            directory = plugin.directory
        }
        guard Files.exists(Paths.join(directory, ManifestReader.fileName)) else {
            throw Failure(
                .missing,
                "There is no \(ManifestReader.fileName) in \(directory)",
                hint: "Specify the directory of a plugin: mkosi plugin check PATH"
            )
        }
        let launcher = PluginLauncher(installation: installation, version: version)
        let services = CheckServices(commandLimit: launcher.limits.forChecks.request)
        var suite = Conformance(
            directory: directory,
            launcher: launcher,
            services: services,
            rules: rules,
            catalogue: catalogue,
            installation: installation
        )
        suite.only = only
        if isList {
            let names: [String]
            do throws(CheckFailure) {
                names = try suite.packageCheckNames()
            } catch {
                throw Failure(.command, error.reason)
            }
            try write(names.map { "\($0)\n" }.joined())
            return 0
        }
        var failure: Failure?
        var count = 0
        if isTAP { try write("TAP version 14\n") }
        let findings = suite.run { finding in
            count += 1
            do throws(Failure) {
                try write(isTAP ? Self.tapLine(finding, number: count) : Self.line(finding))
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        let failed = findings.count { $0.failure != nil }
        if isTAP {
            try write("1..\(count)\n")
            return failed == 0 ? 0 : 1
        }
        // A plugin without code has one finding.
        let hasData = Files.exists(Paths.join(directory, CheckData.fileName))
        if findings.count > 1, !hasData, !suite.hasPackageChecks {
            try write("note     there is no \(CheckData.fileName), so nothing but the lifecycle was tested\n")
        }
        let notRun = findings.count { $0.outcome == .notRun }
        let skipped = findings.count { $0.skipReason != nil }
        let rest = (notRun == 0 ? "" : ", \(notRun) not run") + (skipped == 0 ? "" : ", \(skipped) skipped")
        try write("\(findings.count) checks, \(failed) failed\(rest)\n")
        return failed == 0 ? 0 : 1
    }

    private static func line(_ finding: Conformance.Finding) -> String {
        switch finding.outcome {
        case .passed: "ok       \(finding.name)\(finding.note.map { " (\($0))" } ?? "")\n"
        case .failed(let reason): "failed   \(finding.name): \(reason)\n"
        case .notRun: "not run  \(finding.name)\n"
        case .skipped(let reason): "skipped  \(finding.name): \(reason)\n"
        }
    }

    private static func tapLine(_ finding: Conformance.Finding, number: Int) -> String {
        switch finding.outcome {
        case .passed: "ok \(number) - \(finding.name)\n"
        case .failed(let reason): "not ok \(number) - \(finding.name)\n# \(reason)\n"
        case .notRun: "ok \(number) - \(finding.name) # SKIP an earlier check failed\n"
        case .skipped(let reason): "ok \(number) - \(finding.name) # SKIP \(reason)\n"
        }
    }

    private func new(_ words: inout PluginArguments) throws(Failure) -> CInt {
        let name = try words.required("the name of the new plugin")
        var language: String?
        var kind: String?
        var parent: String?
        while let option = try words.option() {
            switch option.name {
            case "--language": language = option.value
            case "--kind": kind = option.value
            case "--directory": parent = option.value
            default: throw Failure(.usage, "mkosi plugin new has no option \(option.name)")
            }
        }
        guard let language else {
            throw Failure(.usage, "mkosi plugin new needs --language", hint: "Use swift, c, python or shell")
        }
        let template = PluginTemplate(
            name: name,
            language: language,
            kind: kind ?? (language == "shell" ? "format" : "distribution"),
            installation: installation
        )
        let directory = parent.map { Paths.absolute($0, from: currentDirectory) } ?? currentDirectory
        let made = try template.make(in: Paths.join(directory, name))
        try write(made.files.map { "made \($0)\n" }.joined())
        if let step = made.nextStep { try write("Now run: \(step)\n") }
        try write("Then: mkosi plugin check \(made.directory)\n")
        return 0
    }
}

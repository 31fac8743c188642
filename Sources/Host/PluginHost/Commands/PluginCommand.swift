public import Support
import System

/// The commands of `mkosi plugin`, on values and text; the command line reads their words and options.
public struct PluginCommand {
    private let searchPath: PluginSearchPath
    private let installation: Installation
    private let version: String
    private let rules: ManifestRules
    private let currentDirectory: String
    private let write: (String) throws(Failure) -> Void

    /// The languages and kinds for which there are templates.
    public static let languages = PluginTemplate.languages
    public static let kinds = PluginTemplate.kinds

    /// - Parameters:
    ///   - searchPath: The directories with plugins.
    ///   - installation: The installation with the templates and the bridge.
    ///   - version: The version of the host program.
    ///   - rules: The parts of the host that manifests may name.
    ///   - currentDirectory: The directory that relative paths start from.
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

    /// Prints the plugins that are found, and those that are hidden by others.
    public func list() throws(Failure) {
        try write(PluginReport.list(PluginCatalogue(searchPath, rules: rules)))
    }

    /// Prints what one plugin provides.
    public func info(_ name: String) throws(Failure) {
        try write(PluginReport.info(PluginCatalogue(searchPath, rules: rules).plugin(named: name)))
    }

    /// Runs the conformance suite on a directory, a manifest, or the name of an installed plugin.
    ///
    /// The output is a table, or the Test Anything Protocol. With `only`, of the checks that build images those are run
    /// whose names contain one of its texts; `isList` prints the names of all and runs none. Returns the exit status.
    public func check(_ path: String, isTAP: Bool, isList: Bool, only: [String]) throws(Failure) -> CInt {
        let path = Paths.absolute(path, from: currentDirectory)
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

    /// Creates a plugin from the templates, in a directory of its name below `parent`.
    public func new(_ name: String, language: String, kind: String?, in parent: String) throws(Failure) {
        let template = PluginTemplate(
            name: name,
            language: language,
            kind: kind ?? (language == "shell" ? "format" : "distribution"),
            installation: installation
        )
        let made = try template.make(in: Paths.join(parent, name))
        try write(made.files.map { "made \($0)\n" }.joined())
        if let step = made.nextStep { try write("Now run: \(step)\n") }
        try write("Then: mkosi plugin check \(made.directory)\n")
    }
}

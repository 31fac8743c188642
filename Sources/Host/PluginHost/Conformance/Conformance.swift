import ByteKeys
import JSON
import PackageSamples
import PluginWire
public import Support
import System

/// The conformance suite: what every plugin has to do, asked of one plugin, the same over both transports.
public struct Conformance {
    let directory: String
    let launcher: PluginLauncher
    let services: any HostServices
    let rules: ManifestRules
    let catalogue: PluginCatalogue?
    let installation: Installation?
    /// Texts of which the names of checks that build images contain one; empty: all are run.
    public var only: [String] = []

    /// - Parameters:
    ///   - directory: The directory that holds `plugin.json`, absolute.
    ///   - launcher: How the plugin is started.
    ///   - services: What the plugin gets when it asks the host.
    ///   - rules: Which sections and settings the host has.
    ///   - catalogue: The installed plugins, for a plugin that uses the code of another one.
    ///   - installation: Where the program is that builds images for the checks of packages; without it there are none.
    public init(
        directory: String,
        launcher: PluginLauncher,
        services: any HostServices = CheckServices(),
        rules: ManifestRules = ManifestRules(),
        catalogue: PluginCatalogue? = nil,
        installation: Installation? = nil
    ) {
        self.installation = installation
        self.catalogue = catalogue
        self.directory = directory
        var launcher = launcher
        launcher.limits = launcher.limits.forChecks
        self.launcher = launcher
        self.services = services
        self.rules = rules
    }

    private typealias Check = (name: String, body: () throws(CheckFailure) -> Void)

    /// Runs the checks up to the first that fails, and reports each finding as it comes.
    ///
    /// Later checks may depend on what earlier ones have found: those behind a failure are reported as not run, so that
    /// one fault is one failure.
    @discardableResult
    public func run(report: (Finding) -> Void = { _ in }) -> [Finding] {
        var findings: [Finding] = []
        var hasFailed = false
        func run(_ check: Check, note: () -> String? = { nil }) {
            var finding = Finding(name: check.name, outcome: .notRun)
            if !hasFailed {
                do throws(CheckFailure) {
                    try check.body()
                    finding.outcome = .passed
                    finding.note = note()
                } catch {
                    finding.outcome = .failed(error.reason)
                    hasFailed = true
                }
            }
            findings.append(finding)
            report(finding)
        }
        var plugin: InstalledPlugin?
        run(("plugin.json is valid", { () throws(CheckFailure) in plugin = try readManifest() })) {
            plugin.flatMap(unknownMember).map { "its member \"\($0)\" is unknown and ignored" }
        }
        // There is nothing more to ask a plugin that only describes what it will do.
        guard let plugin, plugin.hasCode else { return findings }
        run(
            (
                "the program or library is built for this host",
                { () throws(CheckFailure) in try checkCode(plugin) }
            )
        )
        for check in LifecycleChecks(plugin: plugin, launcher: launcher, services: services).all { run(check) }
        for check in checkData(of: plugin) { run(check) }
        // These do not depend on one another: each has a build, or looks at one that another has made.
        if !hasFailed {
            for finding in packageFindings(of: plugin, report: report) { findings.append(finding) }
        }
        return findings
    }

    /// True if images are built with the plugin.
    var hasPackageChecks: Bool {
        guard installation != nil, let plugin = try? readManifest() else { return false }
        return PackageTrial.distribution(of: plugin) != nil
    }

    /// Builds with packages that are made for the plugin, if it has a distribution in a format for which that is possible.
    private func packageFindings(of plugin: InstalledPlugin, report: (Finding) -> Void) -> [Finding] {
        guard let installation, let distribution = PackageTrial.distribution(of: plugin) else { return [] }
        var findings: [Finding] = []
        func add(_ name: String, _ outcome: Finding.Outcome) {
            let finding = Finding(name: name, outcome: outcome)
            findings.append(finding)
            report(finding)
        }
        if let tool = PackageTrial.missingTool(of: distribution) {
            add("packages are built into images", .skipped("this host does not have \(tool)"))
            return findings
        }
        do throws(CheckFailure) {
            let trial = try PackageTrial(plugin, distribution, installation: installation)
            for check in PackageChecks(trial).all where only.isEmpty || only.contains(where: check.name.contains) {
                if let missing = check.needs.first(where: { !trial.format.features.contains($0) }) {
                    add(
                        check.name,
                        .skipped("packages of the format \(trial.format.rawValue) have no \(missing.rawValue)")
                    )
                    continue
                }
                do throws(CheckFailure) {
                    try check.body()
                    add(check.name, .passed)
                } catch {
                    add(check.name, .failed(error.reason))
                }
            }
        } catch {
            add("packages can be made", .failed(error.reason))
        }
        return findings
    }

    /// The names of the checks that build images with the plugin.
    func packageCheckNames() throws(CheckFailure) -> [String] {
        let plugin = try readManifest()
        guard let installation, let distribution = PackageTrial.distribution(of: plugin) else { return [] }
        let trial = try PackageTrial(plugin, distribution, installation: installation)
        return PackageChecks(trial).all.filter { trial.format.features.isSuperset(of: $0.needs) }.map(\.name)
    }

    private func readManifest() throws(CheckFailure) -> InstalledPlugin {
        do throws(Failure) {
            let manifest = try ManifestReader.read(in: directory, rules: rules)
            let plugin = InstalledPlugin(directory: directory, manifest: manifest)
            return catalogue?.resolved(plugin) ?? plugin
        } catch {
            throw CheckFailure(error.message)
        }
    }

    private func checkCode(_ plugin: InstalledPlugin) throws(CheckFailure) {
        if let fault = plugin.codeFault { throw CheckFailure(fault.message) }
    }

    /// The checks that the plugin's author has written.
    private func checkData(of plugin: InstalledPlugin) -> [Check] {
        let data: CheckData
        do throws(CheckFailure) {
            guard let found = try CheckData.read(in: directory) else { return [] }
            data = found
        } catch {
            return [("check.json is valid", { () throws(CheckFailure) in throw error })]
        }
        var runner: CheckDataRunner?
        let (launcher, services) = (launcher, services)
        let start: Check = (
            "the preparations of check.json succeed",
            { () throws(CheckFailure) in
                runner = try CheckDataRunner(plugin: plugin, data: data, launcher: launcher, services: services)
            }
        )
        return [start]
            + data.checks.map { entry in (entry.name, { () throws(CheckFailure) in try runner?.run(entry) }) }
    }

    /// A member that the host does not know is allowed, for later versions may, but here it is most likely misspelt.
    private func unknownMember(of plugin: InstalledPlugin) -> String? {
        guard let text = try? Files.read(Paths.join(directory, ManifestReader.fileName)),
            let written = try? JSON.parse(text), let known = try? JSONText.untyped(plugin.manifest)
        else { return nil }
        return Self.firstUnknown(written, known, "")
    }

    private static func firstUnknown(_ written: JSON, _ known: JSON, _ path: String) -> String? {
        switch (written, known) {
        case (.object(let written), .object(let known)):
            for (name, value) in written.sorted(by: { $0.key < $1.key }) where name != "$schema" && value != .null {
                let member = path.isEmpty ? name : "\(path).\(name)"
                guard let other = known[name] else { return member }
                if let unknown = firstUnknown(value, other, member) { return unknown }
            }
        case (.array(let written), .array(let known)):
            for (index, pair) in zip(written, known).enumerated() {
                if let unknown = firstUnknown(pair.0, pair.1, "\(path)[\(index)]") { return unknown }
            }
        default: break
        }
        return nil
    }
}

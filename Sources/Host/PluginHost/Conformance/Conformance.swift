import FoundationEssentials
import PluginWire
import Support

/// The conformance suite: what every plugin has to do, asked of one plugin, the same over both transports.
public struct Conformance {
    /// What one check found.
    public struct Finding: Sendable, Equatable {
        /// What the plugin should do.
        public var name: String
        /// Why it does not, in one sentence; nil: it does.
        public var failure: String?
    }

    let directory: String
    let launcher: PluginLauncher
    let services: any HostServices

    /// - Parameters:
    ///   - directory: The folder that holds `plugin.json`, absolute.
    ///   - launcher: How the plugin is started.
    ///   - services: What the plugin gets when it asks the host.
    public init(directory: String, launcher: PluginLauncher, services: any HostServices = CheckServices()) {
        self.directory = directory
        self.launcher = launcher
        self.services = services
    }

    /// Runs all checks and reports each finding as it comes.
    ///
    /// Checks of what the plugin does come only when those of its manifest passed.
    @discardableResult
    public func run(report: (Finding) -> Void = { _ in }) -> [Finding] {
        var findings: [Finding] = []
        func check(_ name: String, _ body: () throws(CheckFailure) -> Void) {
            var finding = Finding(name: name)
            do throws(CheckFailure) {
                try body()
            } catch {
                finding.failure = error.reason
            }
            findings.append(finding)
            report(finding)
        }
        var plugin: InstalledPlugin?
        check("plugin.json is valid") { () throws(CheckFailure) in plugin = try readManifest() }
        guard let plugin else { return findings }
        check("plugin.json has only members that are known") { () throws(CheckFailure) in try checkMembers(plugin) }
        // There is nothing more to ask a plugin that only describes what it will do.
        guard plugin.hasCode else { return findings }
        check("the file that is started exists") { () throws(CheckFailure) in try checkFile(plugin) }
        guard findings.allSatisfy({ $0.failure == nil }) else { return findings }
        let lifecycle = LifecycleChecks(plugin: plugin, launcher: launcher, services: services)
        for (name, body) in lifecycle.all { check(name, body) }
        guard findings.allSatisfy({ $0.failure == nil }) else { return findings }
        do throws(CheckFailure) {
            guard let data = try CheckData.read(in: directory) else { return findings }
            let runner = try CheckDataRunner(plugin: plugin, data: data, launcher: launcher, services: services)
            for entry in data.checks { check(entry.name) { () throws(CheckFailure) in try runner.run(entry) } }
        } catch {
            check("check.json is valid") { () throws(CheckFailure) in throw error }
        }
        return findings
    }

    private func readManifest() throws(CheckFailure) -> InstalledPlugin {
        do throws(Failure) {
            return InstalledPlugin(directory: directory, manifest: try ManifestReader.read(in: directory))
        } catch {
            throw CheckFailure(error.message)
        }
    }

    /// A member that the host does not know is allowed, for later versions may, but here it is most likely misspelt.
    private func checkMembers(_ plugin: InstalledPlugin) throws(CheckFailure) {
        guard let text = try? Files.read(Paths.join(directory, ManifestReader.fileName)),
            let written = try? JSON.parse(Data(text)), let known = try? JSONText.untyped(plugin.manifest)
        else { throw CheckFailure("plugin.json cannot be read twice") }
        if let member = Self.firstUnknown(written, known, "") {
            throw CheckFailure("plugin.json has the member \"\(member)\", which means nothing; is it misspelt?")
        }
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

    private func checkFile(_ plugin: InstalledPlugin) throws(CheckFailure) {
        guard Files.exists(plugin.file) else { throw CheckFailure("\(plugin.file) does not exist") }
        if plugin.manifest.start?.executable != nil, !Files.isExecutable(plugin.file) {
            throw CheckFailure("\(plugin.file) is not executable")
        }
    }
}

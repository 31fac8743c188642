import PluginWire
import Support

/// The output of `mkosi plugin list` and `info`, made from manifests alone.
public enum PluginReport {
    /// One line for each plugin, then those that are hidden, then the directories that are broken.
    public static func list(_ catalogue: PluginCatalogue) -> String {
        var rows = [["NAME", "VERSION", "PROVIDES", "PATH"]]
        for plugin in catalogue.plugins { rows.append(row(plugin)) }
        var text = catalogue.plugins.isEmpty ? "" : table(rows)
        if catalogue.plugins.isEmpty {
            text += "There are no plugins in \(catalogue.searchPath.directories.joined(separator: ", "))\n"
        }
        for hidden in catalogue.shadowed {
            text += "shadowed: \(hidden.plugin.name) \(hidden.plugin.manifest.version) in \(hidden.plugin.directory)"
            text += ", by \(hidden.by.directory)\n"
        }
        let faults = catalogue.plugins.compactMap(\.codeFault)
        for problem in catalogue.problems + faults {
            text += "\(problem.code == .untrusted ? "ignored" : "broken"): \(problem.message)\n"
        }
        return text
    }

    private static func row(_ plugin: InstalledPlugin) -> [String] {
        let provides = plugin.manifest.provides
        let names =
            (provides.distributions ?? []).map(\.name) + (provides.formats ?? []).map(\.name)
            + (provides.bootloaders ?? []).map(\.name) + (provides.artifacts ?? []).map(\.kind)
        let place = plugin.lacksCode ? "\(plugin.directory) (no code yet)" : plugin.directory
        return [plugin.name, plugin.manifest.version, names.joined(separator: ", "), place]
    }

    private static func table(_ rows: [[String]]) -> String {
        let widths = (rows.first ?? []).indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            let cells = zip(row, widths).enumerated().map { index, cell in
                index == row.count - 1
                    ? cell.0 : cell.0 + String(repeating: " ", count: cell.1 - cell.0.count)
            }
            return cells.joined(separator: "  ") + "\n"
        }.joined()
    }

    /// A readable description of a manifest.
    public static func info(_ plugin: InstalledPlugin) -> String {
        let manifest = plugin.manifest
        var lines = ["\(manifest.name) \(manifest.version): \(manifest.summary)"]
        func add(_ title: String, _ value: String?) {
            guard let value, !value.isEmpty else { return }
            lines.append("  \(title): \(value)")
        }
        add("directory", plugin.directory)
        add("started as", plugin.start.map { $0.executable == nil ? "library" : "executable" })
        add("code of the plugin", manifest.start?.plugin)
        if plugin.lacksCode { add("started as", "no code yet") }
        if plugin.hasCode { add("file", plugin.file) }
        add("protocol", range(manifest.protocol))
        add("interface", range(manifest.interface))
        add("licence", manifest.license)
        add("home page", manifest.homepage)
        for distribution in manifest.provides.distributions ?? [] { lines += describe(distribution) }
        for format in manifest.provides.formats ?? [] { lines += describe(format) }
        for artifact in manifest.provides.artifacts ?? [] { lines += describe(artifact) }
        for bootloader in manifest.provides.bootloaders ?? [] { lines += describe(bootloader) }
        for include in manifest.provides.includes ?? [] { lines.append("include \(include.name): \(include.path)") }
        for setting in manifest.settings ?? [] {
            lines.append("setting \(setting.name) (\(setting.type), section \(setting.section)): \(setting.help)")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func range(_ range: VersionRange) -> String {
        range.min == range.max ? "\(range.min)" : "\(range.min) to \(range.max)"
    }

    private static func describe(_ distribution: ABI.V1.DistributionDescription) -> [String] {
        var lines = ["distribution \(distribution.name)" + (distribution.title.map { " (\($0))" } ?? "")]
        func add(_ title: String, _ values: [String]?) {
            guard let values, !values.isEmpty else { return }
            lines.append("  \(title): \(values.joined(separator: ", "))")
        }
        add("aliases", distribution.aliases)
        add(
            "releases",
            distribution.releases?.map { release in
                let aliases = (release.aliases ?? []).joined(separator: ", ")
                return aliases.isEmpty ? release.name : "\(release.name) (\(aliases))"
            }
        )
        add("default release", distribution.defaultRelease.map { [$0] })
        add("architectures", distribution.architectures.keys.sorted())
        add("package files", distribution.packageFormat.map { [".\($0)"] })
        add("mirrors", distribution.mirrors?.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" })
        add("keys", distribution.keyrings)
        add("tools", distribution.tools?.map(\.name))
        return lines
    }

    private static func describe(_ format: ABI.V1.FormatDescription) -> [String] {
        var lines = ["format \(format.name)" + (format.title.map { " (\($0))" } ?? "")]
        func add(_ title: String, _ values: [String]?) {
            guard let values, !values.isEmpty else { return }
            lines.append("  \(title): \(values.joined(separator: ", "))")
        }
        add("aliases", format.aliases)
        add("made from", format.from)
        add("boot loaders for", format.firmware)
        add("extension", format.fileExtension.map { [$0] })
        add("compression", format.compression.map { [$0] })
        add("good for", format.uses)
        add("artifacts", format.artifacts)
        add("optional artifacts", format.optionalArtifacts)
        add("artifacts with a boot loader", format.bootArtifacts)
        add("parts of its own", format.splits)
        add("settings", format.settings)
        add("tools", format.tools?.map(\.name))
        return lines
    }

    private static func describe(_ artifact: ABI.V1.ArtifactDescription) -> [String] {
        var lines = ["artifact \(artifact.kind)" + (artifact.title.map { " (\($0))" } ?? "")]
        func add(_ title: String, _ values: [String]?) {
            guard let values, !values.isEmpty else { return }
            lines.append("  \(title): \(values.joined(separator: ", "))")
        }
        add("once per", [artifact.per ?? "image"])
        add("needs", artifact.needs)
        add("optional", artifact.optional)
        add("facts of", artifact.facts)
        add("output", artifact.suffix.map { [$0] })
        add("directory of scripts", artifact.directory.map { [$0] })
        add("reads", artifact.reads)
        add("facts of the host", artifact.host?.map(\.key).sorted())
        add("list of modules", artifact.moduleList.map { [$0] })
        add("settings", artifact.settings)
        add("tools", artifact.tools?.map(\.name))
        return lines
    }

    private static func describe(_ bootloader: ABI.V1.BootloaderDescription) -> [String] {
        var lines = ["boot loader \(bootloader.name)" + (bootloader.title.map { " (\($0))" } ?? "")]
        func add(_ title: String, _ values: [String]?) {
            guard let values, !values.isEmpty else { return }
            lines.append("  \(title): \(values.joined(separator: ", "))")
        }
        add("firmware", bootloader.firmware)
        add("artifacts", bootloader.artifacts)
        add("optional artifacts", bootloader.optionalArtifacts)
        add("facts of", bootloader.facts)
        add("writes", bootloader.writes)
        add("settings", bootloader.settings)
        add("tools", bootloader.tools?.map(\.name))
        return lines
    }
}

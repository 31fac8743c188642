import Configuration
import PluginWire
import Support
import TreeWire

/// The data that `Timezone=`, `Locale=` and `Keymap=` need in the image, which comes with packages.
///
/// Without it the system starts with its own defaults and says so in its journal only.
struct SettingData {
    let settings: SettingsView<SystemSettings.Inputs>
    /// The packages that have the data of a setting, by its name.
    let packages: [String: String]

    /// A setting, and where the system looks for what it names.
    private struct Need {
        var setting: String
        var value: String
        /// Patterns (glob(7)) of which one has to match.
        var patterns: [String]
        /// The name of the data in the message.
        var title: String
    }

    /// The warnings for a tree; each names the package that has the data, where the distribution's plugin knows it.
    func warnings(for tree: ImageTree) throws(Failure) -> [String] {
        // An initrd has what the system after it needs only where it needs that itself.
        if settings.makeInitrd { return [] }
        var warnings: [String] = []
        for need in needs {
            let found = try tree.apply(need.patterns.map { TreeEdit(.list, $0) }).existing
            if !found.isEmpty { continue }
            if need.setting == settingName(.locale), try hasLocale(need.value, tree) { continue }
            let package = packages[need.setting]
            let hint = package.map { "\n  hint: Packages=\($0) adds it" } ?? ""
            warnings.append("\(need.setting)=\(need.value): the image has no \(need.title)\(hint)")
        }
        return warnings
    }

    private var needs: [Need] {
        var needs: [Need] = []
        if let zone = settings.timezone {
            let path = "/usr/share/zoneinfo/\(zone)"
            needs.append(Need(setting: settingName(.timezone), value: zone, patterns: [path], title: path))
        }
        // The locale C is part of the library (glibc, since 2.35 in UTF-8, too).
        if let locale = settings.locale, !["C", "POSIX", "C.UTF-8", "C.utf8"].contains(locale) {
            // Systems with musl know no locales of glibc, and no settings depend on them.
            let patterns = [
                "/usr/lib/locale/\(Self.directory(of: locale))", "/usr/lib/locale/\(locale)", "/lib/ld-musl-*",
            ]
            needs.append(
                Need(
                    setting: settingName(.locale),
                    value: locale,
                    patterns: patterns,
                    title: "locale of this name"
                )
            )
        }
        // `@kernel` is the keymap that the kernel has by itself (vconsole.conf(5)).
        if let keymap = settings.keymap, keymap != "@kernel" {
            let directories = ["/usr/share/keymaps", "/usr/share/kbd/keymaps", "/usr/lib/kbd/keymaps"]
            let patterns = directories.map { "\($0)/**/\(keymap).map*" } + ["/usr/share/bkeymaps/**/\(keymap).bmap*"]
            needs.append(
                Need(
                    setting: settingName(.keymap),
                    value: keymap,
                    patterns: patterns,
                    title: "keymap of this name"
                )
            )
        }
        return needs
    }

    /// A locale's directory has its character set without punctuation: `de_DE.utf8` (glibc, _nl_normalize_codeset).
    static func directory(of locale: String) -> String {
        let parts = locale.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2 else { return locale }
        let codeset = parts[1].prefix { $0 != "@" }
        let plain = codeset.filter { $0.isLetter || $0.isNumber }.lowercased()
        return "\(parts[0]).\(plain)\(parts[1].dropFirst(codeset.count))"
    }

    /// Returns true if the archive of locales, which localedef(1) makes, names it.
    private func hasLocale(_ locale: String, _ tree: ImageTree) throws(Failure) -> Bool {
        let archive = "\(tree.path)/usr/lib/locale/locale-archive"
        var run = ABI.V1.Run(["grep", "--quiet", "--text", "--fixed-strings", "--devices=skip", "-e"])
        run.arguments += [Self.directory(of: locale), "--", archive]
        run.success = [0, 1, 2]
        run.label = "looking for a locale"
        return try tree.runner.run(run).status == 0
    }
}

import Configuration

/// What scripts can read beside their own files, as far as it counts.
enum ScriptReading {
    /// Settings that say where things lie, or what happens besides; no script makes anything else because of them.
    private static let indifferent: Set<String> = [
        settingName(.outputDirectory), settingName(.cacheDirectory), settingName(.packageCacheDirectory),
        settingName(.buildDirectory), settingName(.workspaceDirectory),
        settingName(.cacheKey), settingName(.incremental), settingName(.dependencies), settingName(.minimumVersion),
        settingName(.configureScripts), settingName(.passEnvironment), settingName(.history),
    ]

    /// Whether a script could make another result of another value.
    static func counts(_ row: SettingDefinition) -> Bool {
        guard row.section != .runtime, row.section != .include, !indifferent.contains(row.name) else { return false }
        // What scripts do is told by their content, and which trees there are by where they lie.
        return !ScriptKind.allCases.contains { $0.setting.name == row.name }
    }
}

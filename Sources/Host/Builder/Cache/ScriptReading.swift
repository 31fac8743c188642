import Configuration

/// The inputs that scripts can read besides their own files.
enum ScriptReading {
    /// Settings for locations, or without influence on scripts.
    private static let indifferent: Set<String> = [
        settingName(.outputDirectory), settingName(.cacheDirectory), settingName(.packageCacheDirectory),
        settingName(.buildDirectory), settingName(.workspaceDirectory),
        settingName(.cacheKey), settingName(.incremental), settingName(.dependencies), settingName(.minimumVersion),
        settingName(.configureScripts), settingName(.passEnvironment), settingName(.history),
    ]

    /// Returns true if a script could make another result of another value.
    static func matters(_ row: SettingDefinition) -> Bool {
        guard row.section != .runtime, row.section != .include, !indifferent.contains(row.name) else { return false }
        // Scripts are identified by their content, and trees by their location.
        return !ScriptKind.allCases.contains { $0.setting.name == row.name }
    }
}

/// Where configuration comes from.
extension SettingTable {
    static let config: [SettingDefinition] = rows(
        of: .config,
        [
            Row("Profiles", .list(.profile), "Read these configurations from mkosi.profiles/ as well")
                .option("--profile").old(["Profile"]).scope(.inherit, tools: true).match(.contains),
            Row("Dependencies", .texts, "Build these images first; in the main image: the images to build at all")
                .option("--dependency"),
            Row("MinimumVersion", .minimumVersion, "Refuse to work with an mkosi older than this")
                .option("--minimum-version").scope(.main),
            Row(
                "ConfigureScripts",
                .scripts,
                "Run these programs, which may change the configuration, before the build"
            )
            .option("--configure-script", nil, "PATH").path("mkosi.configure"),
            Row("PassEnvironment", .words(), "Hand these environment variables down to every subimage")
                .option("--pass-environment", nil, "NAME").scope(.main),
        ]
    )
}

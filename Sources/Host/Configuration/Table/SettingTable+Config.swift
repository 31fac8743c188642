/// Settings that select configuration.
extension SettingTable {
    static let config: [SettingDefinition] = rows(
        of: .config,
        [
            Row("Profiles", .list(.profile), "Profiles to enable, from mkosi.profiles/")
                .option("--profile").old(["Profile"]).scope(.inherit, tools: true).match(.contains),
            Row("Dependencies", .texts, "Images to build first; in the main image, the images to build")
                .option("--dependency"),
            Row("MinimumVersion", .minimumVersion, "Minimum version of mkosi that the configuration needs")
                .option("--minimum-version").scope(.main),
            Row(
                "ConfigureScripts",
                .scripts,
                "Programs that can change the configuration before the build"
            )
            .option("--configure-script", nil, "PATH").path("mkosi.configure"),
            Row("PassEnvironment", .words(), "Environment variables to pass to every subimage")
                .option("--pass-environment", nil, "NAME").scope(.main),
        ]
    )
}

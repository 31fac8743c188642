/// Settings that select configuration.
extension SettingTable {
    static let config: [SettingDefinition] = rows(
        of: .config,
        [
            row(.profiles),
            row(.dependencies),
            row(.minimumVersion),
            row(.configureScripts),
            row(.passEnvironment),
        ]
    )
}

extension Setting where Content == [String] {
    public static var profiles: Self {
        Self("Profiles") {
            Row($0, .list(.profile), "Profiles to enable, from mkosi.profiles/")
                .option("--profile").old(["Profile"]).scope(.inherit, tools: true).match(.contains)
        }
    }

    public static var dependencies: Self {
        Self("Dependencies") {
            Row($0, .texts, "Images to build first; in the main image, the images to build")
                .option("--dependency")
        }
    }

    public static var configureScripts: Self {
        Self("ConfigureScripts") {
            Row($0, .scripts, "Programs that can change the configuration before the build")
                .option("--configure-script", nil, "PATH").path("mkosi.configure")
        }
    }

    public static var passEnvironment: Self {
        Self("PassEnvironment") {
            Row($0, .words(), "Environment variables to pass to every subimage")
                .option("--pass-environment", nil, "NAME").scope(.main)
        }
    }
}

extension Setting where Content == String? {
    public static var minimumVersion: Self {
        Self("MinimumVersion") {
            Row($0, .minimumVersion, "Minimum version of mkosi that the configuration needs")
                .option("--minimum-version").scope(.main)
        }
    }
}

/// What random changes may set, and to what.
struct ChangingSettings {
    var section: String
    var name: String
    var values: [String]
    /// What it is where nothing else is chosen.
    var fixed: String?

    init(_ section: String, _ name: String, _ values: [String], fixed: String? = nil) {
        self.section = section
        self.name = name
        self.values = values
        self.fixed = fixed
    }

    static let initial = [
        "Packages": "hello", "SourceDateEpoch": "1600000000", "BuildSources": "src", "SandboxTrees": "trees/sandbox",
        "PackageDirectories": "local", "ExtraTrees": "trees/one", "SkeletonTrees": "trees/two", "Output": "image",
        "CompressOutput": "none",
    ]

    static let fixed = [
        ChangingSettings("Distribution", "Distribution", [], fixed: "tiny-python"),
        ChangingSettings("Output", "Format", [], fixed: "tar"),
        ChangingSettings("Output", "Seed", [], fixed: "0e9a6fe0-68f6-408c-bbeb-136054d20445"),
    ]

    static let all = [
        ChangingSettings("Content", "Packages", ["hello", "extra", "hello extra", "extra hello", "hello late"]),
        ChangingSettings("Content", "BuildPackages", ["extra", "late", "hello"]),
        ChangingSettings("Content", "VolatilePackages", ["extra", "late"]),
        ChangingSettings("Content", "PackageDirectories", ["local"]),
        ChangingSettings("Content", "Hostname", ["one", "two"]),
        ChangingSettings("Content", "Timezone", ["Europe/Berlin", "UTC"]),
        ChangingSettings("Content", "Locale", ["C.UTF-8", "de_DE.UTF-8"]),
        ChangingSettings("Content", "LocaleMessages", ["C.UTF-8", "de_DE.UTF-8"]),
        ChangingSettings("Content", "Keymap", ["us", "de"]),
        ChangingSettings("Content", "RootPassword", ["hashed:one", "hashed:two"]),
        ChangingSettings("Content", "RootShell", ["/bin/sh", "/bin/false"]),
        ChangingSettings("Content", "MachineId", ["2f9225c9d03346399869b1f238ad0e5d"]),
        ChangingSettings("Content", "MakeInitrd", ["yes", "no"]),
        ChangingSettings("Content", "Autologin", ["yes", "no"]),
        ChangingSettings("Content", "WithDocs", ["yes", "no"]),
        ChangingSettings("Content", "WithRecommends", ["yes", "no"]),
        ChangingSettings("Content", "RemoveFiles", ["/srv/a", "/srv/*", "/etc/prepare-final,/usr/share/extra"]),
        ChangingSettings("Content", "CleanPackageMetadata", ["yes", "no"]),
        ChangingSettings("Content", "SourceDateEpoch", ["1350000000", "1450000000", "1700000000"]),
        ChangingSettings(
            "Content",
            "ExtraTrees",
            ["trees/one", "trees/two,trees/one", "trees/one,trees/two", "trees/two:/opt/two"]
        ),
        ChangingSettings(
            "Content",
            "SkeletonTrees",
            ["trees/one", "trees/two,trees/one", "trees/one,trees/two", "README:/etc/readme"]
        ),
        ChangingSettings("Content", "BaseTrees", ["base"]),
        ChangingSettings("Output", "Overlay", ["yes"]),
        ChangingSettings("Output", "ImageId", ["one", "two"]),
        ChangingSettings("Output", "ImageVersion", ["1", "2"]),
        ChangingSettings("Output", "Output", ["image", "other"]),
        ChangingSettings("Output", "ManifestFormat", ["json"]),
        ChangingSettings("Output", "CompressOutput", ["none", "gz", "zstd"]),
        ChangingSettings("Output", "CompressLevel", ["1", "9"]),
        ChangingSettings("Output", "OutputMode", ["0600"]),
        ChangingSettings("Validation", "Checksum", ["yes"]),
        ChangingSettings("Build", "Environment", ["A=1", "A=2", "A=1 B=two"]),
        ChangingSettings("Build", "EnvironmentFiles", ["variables"]),
        ChangingSettings("Build", "WithTests", ["yes", "no"]),
        ChangingSettings("Build", "WithNetwork", ["yes", "no"]),
        ChangingSettings("Build", "BuildSources", ["src", "src:inner", "src,trees/two:two", "."]),
        ChangingSettings("Build", "BuildSourcesEphemeral", ["yes", "no"]),
        ChangingSettings("Build", "SandboxTrees", ["trees/sandbox", "trees/sandbox,trees/one:/etc/other"]),
        ChangingSettings("Config", "Profiles", ["one"]),
    ]
}

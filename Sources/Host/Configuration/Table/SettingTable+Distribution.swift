/// What the image is made of.
extension SettingTable {
    static let distribution: [SettingDefinition] = rows(
        of: .distribution,
        [
            Row("Distribution", .distribution, "Distribution that the image is made of")
                .option("--distribution", "d").standard(.computed(.hostDistribution)).scope(.universal).match(.equal)
                .specifier("d"),
            Row("Release", .fileName, "Release of the distribution")
                .option("--release", "r").standard(.computed(.release)).scope(.universal).match(.equal).specifier("r"),
            Row("Architecture", .architecture, "Architecture that the image is for")
                .option("--architecture").standard(.computed(.hostArchitecture)).scope(.universal).match(.architecture)
                .specifier("a"),
            Row("Mirror", .text, "Server that packages come from")
                .option("--mirror", "m").scope(.universal),
            Row("Snapshot", .text, "State of the repositories that packages come from")
                .option("--snapshot").scope(.universal, tools: true).path("mkosi.snapshot", read: true),
            Row(
                "LocalMirror",
                .text,
                "One plain repository to use in place of all those of the distribution, for the build only"
            )
            .option("--local-mirror").scope(.universal, tools: true),
            Row("RepositoryKeyCheck", .boolean, "Check the signatures of repositories and packages")
                .option("--repository-key-check", nil, "BOOL").standard(.bool(true)).scope(.multiversal),
            Row("RepositoryKeyFetch", .boolean, "Fetch the keys of the distribution over the network")
                .option("--repository-key-fetch", nil, "BOOL").standard(.computed(.repositoryKeyFetch))
                .scope(.universal, tools: true),
            Row("Repositories", .texts, "Use these repositories as well, which are off as a rule")
                .option("--repositories", nil, "REPOS").scope(.universal, tools: true).match(.contains),
        ]
    )
}

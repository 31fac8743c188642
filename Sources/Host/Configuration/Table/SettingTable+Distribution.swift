/// Settings that select the distribution.
extension SettingTable {
    static let distribution: [SettingDefinition] = rows(
        of: .distribution,
        [
            Row("Distribution", .distribution, "Distribution to install in the image")
                .option("--distribution", "d").standard(.computed(.hostDistribution)).scope(.universal).match(.equal)
                .specifier("d"),
            Row("Release", .fileName, "Release of the distribution")
                .option("--release", "r").standard(.computed(.release)).scope(.universal).match(.equal).specifier("r"),
            Row("Architecture", .architecture, "Architecture of the image")
                .option("--architecture").standard(.computed(.hostArchitecture)).scope(.universal).match(.architecture)
                .specifier("a"),
            Row("Mirror", .text, "Mirror to download packages from")
                .option("--mirror", "m").scope(.universal),
            Row("Snapshot", .text, "Snapshot of the repositories to use")
                .option("--snapshot").scope(.universal, tools: true).path("mkosi.snapshot", read: true),
            Row(
                "LocalMirror",
                .text,
                "Flat repository to use instead of the distribution's repositories, during the build only"
            )
            .option("--local-mirror").scope(.universal, tools: true),
            Row("RepositoryKeyCheck", .boolean, "Check signatures of repositories and packages")
                .option("--repository-key-check", nil, "BOOL").standard(.bool(true)).scope(.multiversal),
            Row("RepositoryKeyFetch", .boolean, "Fetch the distribution's keys over the network")
                .option("--repository-key-fetch", nil, "BOOL").standard(.computed(.repositoryKeyFetch))
                .scope(.universal, tools: true),
            Row("Repositories", .texts, "Enable additional repositories")
                .option("--repositories", nil, "REPOS").scope(.universal, tools: true).match(.contains),
        ]
    )
}

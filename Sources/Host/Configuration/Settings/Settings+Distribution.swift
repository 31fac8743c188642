/// Settings that select the distribution.
extension SettingTable {
    static let distribution: [SettingDefinition] = rows(
        of: .distribution,
        [
            row(.distribution),
            row(.release),
            row(.architecture),
            row(.mirror),
            row(.snapshot),
            row(.localMirror),
            row(.repositoryKeyCheck),
            row(.repositoryKeyFetch),
            row(.repositories),
        ]
    )
}

extension Setting where Content == String? {
    public static var distribution: Self {
        Self("Distribution") {
            Row($0, .distribution, "Distribution to install in the image")
                .option("--distribution", "d").standard(.computed(.hostDistribution)).scope(.universal).match(.equal)
                .specifier("d")
        }
    }

    public static var mirror: Self {
        Self("Mirror") {
            Row($0, .url, "Mirror to download packages from")
                .option("--mirror", "m").scope(.universal)
        }
    }

    public static var snapshot: Self {
        Self("Snapshot") {
            Row($0, .text, "Snapshot of the repositories to use")
                .option("--snapshot").scope(.universal, tools: true).path("mkosi.snapshot", read: true)
        }
    }

    public static var localMirror: Self {
        Self("LocalMirror") {
            Row($0, .url, "Flat repository to use instead of the distribution's repositories, during the build only")
                .option("--local-mirror").scope(.universal, tools: true)
        }
    }
}

extension Setting where Content == String {
    public static var release: Self {
        Self("Release") {
            Row($0, .fileName, "Release of the distribution")
                .option("--release", "r").standard(.computed(.release)).scope(.universal).match(.equal).specifier("r")
        }
    }

    public static var architecture: Self {
        Self("Architecture") {
            Row($0, .architecture, "Architecture of the image")
                .option("--architecture").standard(.computed(.hostArchitecture)).scope(.universal).match(.architecture)
                .specifier("a")
        }
    }
}

extension Setting where Content == Bool {
    public static var repositoryKeyCheck: Self {
        Self("RepositoryKeyCheck") {
            Row($0, .boolean, "Check signatures of repositories and packages")
                .option("--repository-key-check", nil, "BOOL").standard(.bool(true)).scope(.multiversal)
        }
    }

    public static var repositoryKeyFetch: Self {
        Self("RepositoryKeyFetch") {
            Row($0, .boolean, "Fetch the distribution's keys over the network")
                .option("--repository-key-fetch", nil, "BOOL").standard(.computed(.repositoryKeyFetch))
                .scope(.universal, tools: true)
        }
    }
}

extension Setting where Content == [String] {
    public static var repositories: Self {
        Self("Repositories") {
            Row($0, .texts, "Enable additional repositories")
                .option("--repositories", nil, "REPOS").scope(.universal, tools: true).match(.contains)
        }
    }
}

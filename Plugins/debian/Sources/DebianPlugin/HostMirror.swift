import DistributionKit

/// The mirrors that the host's own apt uses for a distribution.
struct HostMirror: Sendable, Equatable {
    /// The archive, with its last directory: `http://mirror.example/debian`.
    var archive: String
    /// The place of security updates, if it is another one.
    var security: String?

    /// Looks for repositories of the distribution among the host's sources.
    ///
    /// A repository is the distribution's when its URI ends in the archive's directory: suites have the same words
    /// elsewhere.
    init?(_ sources: [AptSource], facts: DistributionFacts) {
        var archive: String?
        var security: String?
        for source in sources {
            for uri in source.uris.map(FileURL.withoutSlash) {
                if source.suites.contains(where: { $0.hasSuffix("-security") || $0.hasSuffix("/updates") }) {
                    if uri.hasSuffix("/" + facts.securityDirectory), security == nil { security = uri }
                }
                let hasMain = source.suites.contains { !$0.contains("-") && !$0.contains("/") }
                if hasMain || facts.hasDashInSuites, uri.hasSuffix("/" + facts.archiveDirectory), archive == nil {
                    archive = uri
                }
            }
        }
        guard let archive else { return nil }
        self.archive = archive
        self.security = security
    }

    /// Returns the mirror of the host's apt, if the host is of this distribution.
    static func ofHost(_ facts: DistributionFacts) -> HostMirror? {
        let release = SystemFile.text("/etc/os-release") ?? SystemFile.text("/usr/lib/os-release") ?? ""
        let isSame = Text.lines(release).contains { line in
            line.hasPrefix("ID=") && line.dropFirst(3).filter { $0 != "\"" && $0 != "'" } == facts.name
        }
        return isSame ? HostMirror(AptSource.read(directory: "/etc/apt"), facts: facts) : nil
    }
}

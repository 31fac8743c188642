import DistributionKit
import PluginWire

/// The places of a distribution's packages, and the suites of its releases.
struct DistributionFacts: Sendable {
    var name: String
    /// The mirror that the manifest names, with the archive's directory or without.
    var mirror: String
    /// The last directory of the archive's URL.
    var archiveDirectory: String
    /// The canonical place of security updates, with its directory; nil: there are none.
    var security: String?
    var securityDirectory: String
    /// Suites of a release besides the release itself, on the archive.
    var furtherSuites: [String]
    /// Releases that are one suite and nothing else.
    var rolling: Set<String>
    /// Releases that change every day, so that each of their lists is good for a few days only.
    var moving: Set<String>
    var hasDashInSuites = false
    /// Names of files in a directory of keyrings, best first.
    var keyrings: [String]
    /// The package that has the keyring; nil: it is not known.
    var keyringPackage: String?
    /// Key files by their paths on the host, in place of a search; nil: they are searched for.
    var keyringFiles: [String]?

    /// Returns the plugin's facts about a distribution; for one that another manifest describes, those of that
    /// manifest.
    static func of(_ context: ABI.V1.Context) throws(ErrorObject) -> DistributionFacts {
        guard let mirror = (context.defaultMirror ?? context.mirror).map(FileURL.withoutSlash) else {
            throw ErrorObject(
                code: .unsupported,
                message: "this plugin does not know where \(context.distribution) has its packages",
                hint: "Add the member \"mirrors\" to the distribution's plugin.json, or set Mirror=",
                subject: context.distribution
            )
        }
        if var known = known(context.distribution, architecture: context.localArchitecture, mirror: mirror) {
            // Another manifest may describe a distribution of the same name, whose keys are in files of its own.
            let main = Self.known(context.distribution, architecture: "amd64", mirror: mirror)
            let names = known.keyrings + (main?.keyrings ?? [])
            let usual = names.flatMap { name in Keyring.hostDirectories.map { "\($0)/\(name)" } }
            let own = (context.keyrings ?? []).filter { !usual.contains($0) }
            if !own.isEmpty { known.keyringFiles = own }
            return known
        }
        return DistributionFacts(
            name: context.distribution,
            mirror: mirror,
            archiveDirectory: "",
            security: nil,
            securityDirectory: "",
            furtherSuites: [],
            rolling: [context.release],
            moving: [],
            keyrings: (context.keyrings ?? []).map { path in
                String(path.utf8.lastIndex(of: UInt8(ascii: "/")).map { path[path.index(after: $0)...] } ?? path[...])
            },
            keyringFiles: context.keyrings ?? []
        )
    }

    /// Returns the facts about one of the plugin's own distributions; nil for another.
    static func known(_ name: String, architecture: String, mirror: String) -> DistributionFacts? {
        switch name {
        case "debian": debian(architecture, mirror)
        case "ubuntu": ubuntu(architecture, mirror)
        case "kali": kali(mirror)
        default: nil
        }
    }

    private static func debian(_ architecture: String, _ mirror: String) -> DistributionFacts {
        var facts = DistributionFacts(
            name: "debian",
            mirror: mirror,
            archiveDirectory: "debian",
            security: "http://security.debian.org/debian-security",
            securityDirectory: "debian-security",
            furtherSuites: ["-updates"],
            rolling: ["sid", "unstable", "experimental", "rc-buggy"],
            moving: ["sid", "unstable", "experimental", "rc-buggy", "testing", "forky"],
            keyrings: ["debian-archive-keyring.gpg", "debian-archive-keyring.pgp"],
            keyringPackage: "debian-archive-keyring"
        )
        if ["alpha", "hppa", "ia64", "m68k", "powerpc", "ppc64", "sh4", "sparc64", "x32"].contains(architecture) {
            // Architectures that Debian does not release have an archive and keys of their own, and only sid.
            facts.archiveDirectory = "debian-ports"
            facts.keyrings = ["debian-ports-archive-keyring.gpg"]
            facts.keyringPackage = "debian-ports-archive-keyring"
        }
        return facts
    }

    private static func ubuntu(_ architecture: String, _ mirror: String) -> DistributionFacts {
        let isMain = architecture == "amd64" || architecture == "i386"
        var facts = DistributionFacts(
            name: "ubuntu",
            mirror: mirror,
            archiveDirectory: isMain ? "ubuntu" : "ubuntu-ports",
            security: "http://security.ubuntu.com/ubuntu",
            securityDirectory: isMain ? "ubuntu" : "ubuntu-ports",
            furtherSuites: ["-updates"],
            rolling: [],
            moving: ["devel"],
            keyrings: ["ubuntu-archive-keyring.gpg"],
            keyringPackage: "ubuntu-keyring"
        )
        // The archive of the other architectures has their security updates, too.
        if !isMain { facts.security = facts.archive(below: mirror) }
        return facts
    }

    private static func kali(_ mirror: String) -> DistributionFacts {
        DistributionFacts(
            name: "kali",
            mirror: mirror,
            archiveDirectory: "kali",
            security: nil,
            securityDirectory: "kali",
            furtherSuites: [],
            rolling: ["kali-rolling", "kali-last-snapshot", "kali-dev", "kali-experimental"],
            moving: ["kali-rolling", "kali-last-snapshot", "kali-dev", "kali-experimental"],
            hasDashInSuites: true,
            keyrings: ["kali-archive-keyring.gpg"],
            keyringPackage: "kali-archive-keyring"
        )
    }

    /// The suites of a release: on the archive, and among the security updates.
    func suites(of release: String) -> (archive: [String], security: [String]) {
        if rolling.contains(release) { return ([release], []) }
        let security = security == nil ? [] : [release == "buster" ? "buster/updates" : "\(release)-security"]
        return ([release] + furtherSuites.map { release + $0 }, security)
    }

    /// The archive below a mirror, which may be given with the archive's own directory or without.
    func archive(below mirror: String) -> String {
        let mirror = FileURL.withoutSlash(mirror)
        if archiveDirectory.isEmpty { return mirror }
        return mirror.hasSuffix("/" + archiveDirectory) ? mirror : "\(mirror)/\(archiveDirectory)"
    }
}

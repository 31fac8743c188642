import ByteKeys
import DistributionKit
import JSON
import PluginWire

/// The repositories of a release, with the paths that the packages openSUSE-release and openSUSE-repos have.
struct OpensuseRepositories {
    private let context: ABI.V1.Context

    init(_ context: ABI.V1.Context) { self.context = context }

    /// A word is the identifier of a repository, what such identifiers end in (`debug`), or a pattern with `*`.
    static func matches(_ repository: RepositoryDefinition, _ word: String) -> Bool {
        let id = repository.id
        // The updates of a repository are part of it.
        if id == word || id == "\(word)-update" { return true }
        if ["debug", "source", "update"].contains(word) { return id.hasSuffix("-\(word)") }
        return repository.matches(word)
    }

    /// Returns all of them; `Repositories=` selects those that are used in addition to the enabled ones.
    func all() throws(ErrorObject) -> [RepositoryDefinition] {
        if let local = context.settings?["LocalMirror"]?.string, !local.isEmpty {
            return [repository("local-mirror", FileURL.withoutSlash(local), isEnabled: true)]
        }
        if let snapshot = context.snapshot, !snapshot.isEmpty { return try history(snapshot) }
        switch context.release {
        case "tumbleweed": return try tumbleweed()
        case "slowroll": return try slowroll()
        default: return leap()
        }
    }

    private var mirror: String { FileURL.withoutSlash(context.mirror ?? context.defaultMirror ?? "") }

    // MARK: - Rolling releases

    /// Architectures other than x86-64 are below `ports`, each under a name of its own.
    private static let ports = [
        "x86": "i586", "arm": "armv7hl", "arm64": "aarch64", "ppc64-le": "ppc", "riscv64": "riscv", "s390x": "zsystems",
    ]

    private func tumbleweed() throws(ErrorObject) -> [RepositoryDefinition] {
        var base = mirror
        if context.architecture != "x86-64" {
            guard let port = Self.ports[context.architecture] else { throw unsupported }
            base += "/ports/\(port)"
        }
        return rolling(
            "\(base)/tumbleweed/repo",
            debug: "\(base)/debug/tumbleweed/repo",
            source: "\(base)/source/tumbleweed/repo",
            updates: ("\(base)/update/tumbleweed", "\(base)/update/tumbleweed-non-oss")
        )
    }

    private func slowroll() throws(ErrorObject) -> [RepositoryDefinition] {
        guard context.architecture == "x86-64" else { throw unsupported }
        return rolling(
            "\(mirror)/slowroll/repo",
            debug: "\(mirror)/debug/slowroll/repo",
            source: "\(mirror)/source/slowroll/repo",
            updates: ("\(mirror)/update/slowroll/repo/oss", "\(mirror)/update/slowroll/repo/non-oss")
        )
    }

    private func rolling(
        _ base: String,
        debug: String,
        source: String,
        updates: (oss: String, nonOSS: String)
    ) -> [RepositoryDefinition] {
        [
            repository("oss", "\(base)/oss", isEnabled: true), repository("oss-debug", "\(debug)/oss"),
            repository("oss-source", "\(source)/oss"), repository("oss-update", updates.oss, isEnabled: true),
            repository("non-oss", "\(base)/non-oss"), repository("non-oss-debug", "\(debug)/non-oss"),
            repository("non-oss-source", "\(source)/non-oss"), repository("non-oss-update", updates.nonOSS),
        ]
    }

    /// Snapshots are of Tumbleweed, and for x86-64 alone.
    private func history(_ snapshot: String) throws(ErrorObject) -> [RepositoryDefinition] {
        guard context.release == "tumbleweed", context.architecture == "x86-64" else {
            throw ErrorObject(
                code: .unsupported,
                message: "only openSUSE Tumbleweed for x86-64 has snapshots",
                hint: "Remove Snapshot=",
                subject: "Snapshot="
            )
        }
        guard snapshot.utf8.count == 8, snapshot.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else {
            throw ErrorObject(
                code: .invalidParameters,
                message: "\(snapshot) is not the name of a snapshot of openSUSE Tumbleweed",
                hint: "Set Snapshot= to a date of the form YYYYMMDD, such as 20260131",
                subject: "Snapshot="
            )
        }
        let base = "\(mirror)/history/\(snapshot)/tumbleweed/repo"
        return [repository("oss", "\(base)/oss", isEnabled: true), repository("non-oss", "\(base)/non-oss")]
    }

    // MARK: - Leap

    private func leap() -> [RepositoryDefinition] {
        let major = Int(context.release.prefix { $0 != "." }) ?? 16
        // The Arm port of 32 bits is a tree of its own.
        let base = mirror + (context.architecture == "arm" ? "/ports/armv7hl" : "")
        let path = "distribution/leap/\(context.release)/repo"
        var repositories: [RepositoryDefinition] = []
        for name in ["oss", "non-oss"] {
            repositories += [
                repository(name, "\(base)/\(path)/\(name)", isEnabled: name == "oss"),
                repository("\(name)-debug", "\(base)/debug/\(path)/\(name)"),
                repository("\(name)-source", "\(base)/source/\(path)/\(name)"),
            ]
            // Since 16.0 updates are in the repository itself.
            if major < 16 {
                let update = "\(base)/update/leap/\(context.release)/\(name)"
                repositories.append(repository("\(name)-update", update, isEnabled: name == "oss"))
            }
        }
        if major == 15 {
            // Packages that are those of SUSE Linux Enterprise, and the others that are built upon them.
            for name in ["sle", "backports"] {
                let update = "\(base)/update/leap/\(context.release)/\(name)"
                repositories.append(repository("\(name)-update", update, isEnabled: true))
            }
        }
        return repositories
    }

    // MARK: - Definitions

    private var unsupported: ErrorObject {
        ErrorObject(
            code: .unsupported,
            message: "openSUSE \(context.release) is not built for the architecture \(context.architecture)",
            subject: "Architecture="
        )
    }

    private func repository(_ id: String, _ url: String, isEnabled: Bool = false) -> RepositoryDefinition {
        var definition = RepositoryDefinition(id: id)
        definition["name"] = id
        definition["baseurl"] = url
        definition["enabled"] = isEnabled ? "1" : "0"
        definition["autorefresh"] = "0"
        // Each index states the digests of its packages, and all indexes are signed.
        definition["gpgcheck"] = context.repositoryKeyCheck ? "1" : "0"
        definition["repo_gpgcheck"] = context.repositoryKeyCheck ? "1" : "0"
        return definition
    }
}

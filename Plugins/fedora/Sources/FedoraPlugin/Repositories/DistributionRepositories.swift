import ByteKeys
import DistributionKit
import JSON
import PluginWire

/// The repositories of a distribution and its release, enabled or not.
struct DistributionRepositories {
    let context: ABI.V1.Context
    let family: Family

    init(_ context: ABI.V1.Context) {
        self.context = context
        family = Family(context)
    }

    func all() throws(ErrorObject) -> [DefinedRepository] {
        var repositories = try ofDistribution()
        // One directory replaces all repositories; its packages have to be signed by the same keys.
        if let local = localMirror, let first = repositories.first {
            repositories = [
                DefinedRepository(id: first.id, place: .base(local), keys: first.keys)
            ]
        }
        return repositories
    }

    private func ofDistribution() throws(ErrorObject) -> [DefinedRepository] {
        switch context.distribution {
        case "fedora": return try fedora()
        case "centos": return try centos()
        case "rhel": return try redHat(ubi: false)
        case "rhel-ubi": return try redHat(ubi: true)
        case "rocky": return try rocky()
        case "alma": return try alma()
        case "azure": return try azure()
        case "mageia": return try mageia()
        case "openmandriva": return try openMandriva()
        default: return try derived()
        }
    }

    /// `Mirror=` without a slash at its end.
    var mirror: String? { context.mirror.map(FileURL.withoutSlash) }

    /// `LocalMirror=` without a slash at its end.
    var localMirror: String? {
        (context.settings?["LocalMirror"]?.string).flatMap { $0.isEmpty ? nil : FileURL.withoutSlash($0) }
    }

    /// `Mirror=`, or the default of the manifest.
    var anyMirror: String { mirror ?? FileURL.withoutSlash(context.defaultMirror ?? "") }

    func refuseSnapshot() throws(ErrorObject) {
        guard let snapshot = context.snapshot, !snapshot.isEmpty else { return }
        throw ErrorObject(
            code: .unsupported,
            message: "\(context.distribution) \(context.release) has no snapshots",
            hint: "Remove Snapshot=\(snapshot)",
            subject: snapshot
        )
    }

    /// A repository, with those of its debugging symbols and sources, which are disabled.
    func withVariants(
        _ id: String,
        suffixes: (debug: String, source: String) = ("-debuginfo", "-source"),
        keys: [RepositoryKey],
        isEnabled: Bool = true,
        priority: Int? = nil,
        place: (Variant) -> DefinedRepository.Place?
    ) -> [DefinedRepository] {
        let names: [(Variant, String)] = [
            (.binary, id), (.debug, id + suffixes.debug), (.source, id + suffixes.source),
        ]
        return names.compactMap { variant, name in
            place(variant).map { place in
                DefinedRepository(
                    id: name,
                    place: place,
                    keys: keys,
                    isEnabled: isEnabled && variant == .binary,
                    priority: priority
                )
            }
        }
    }

    enum Variant {
        case binary
        case debug
        case source

        /// The one of three words that is for the variant.
        func choose(_ binary: String, _ debug: String, _ source: String) -> String {
            switch self {
            case .binary: binary
            case .debug: debug
            case .source: source
            }
        }
    }

    /// A distribution of another manifest: one repository, `MIRROR/RELEASE/ARCHITECTURE`, signed with its keyrings' keys.
    private func derived() throws(ErrorObject) -> [DefinedRepository] {
        try refuseSnapshot()
        let keys = (context.keyrings ?? []).filter { !SystemFile.isDirectory($0) }.map { path in
            RepositoryKey(name: path.split(separator: "/").last.map(String.init) ?? "", url: "file://\(path)")
        }
        let url = "\(anyMirror)/$releasever/$basearch"
        return [DefinedRepository(id: context.distribution, place: .base(url), keys: keys)]
    }
}

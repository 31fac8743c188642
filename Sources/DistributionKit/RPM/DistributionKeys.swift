public import PluginWire

/// The keys of a distribution: the values of `gpgkey=`, and the files that the sandbox needs for them.
public struct DistributionKeys: Sendable {
    public var urls: [String] = []
    public var files: [ABI.V1.File] = []
    private let context: ABI.V1.Context

    /// The directory of the keys in the sandbox.
    public static let directory = "/etc/pki/rpm-gpg"
    /// The directory of the package distribution-gpg-keys, with a directory for each distribution.
    public static let shared = "/usr/share/distribution-gpg-keys"

    /// No keys yet.
    public init(_ context: ABI.V1.Context) { self.context = context }

    /// Adds the key files that a manifest names; false if it names none.
    ///
    /// A manifest may name the keys themselves instead of directories in which they have well-known names. They are the
    /// only ones then: a derived distribution need not trust what it derives from.
    public mutating func addManifestFiles() -> Bool {
        let own = (context.keyrings ?? []).filter { !SystemFile.isDirectory($0) }
        for (file, target) in KeyFiles.targets(own, in: Self.directory) { add(file, as: target) }
        return !own.isEmpty
    }

    /// Adds the key of a name from the user's sandbox trees or from the directories that the manifest names.
    ///
    /// Returns false if it is in none of them.
    public mutating func add(named name: String) -> Bool {
        var directories: [String] = []
        if let root = context.sandboxTree {
            directories.append(root + Self.directory)
            directories += SystemFile.names(in: root + Self.shared).map { "\(root)\(Self.shared)/\($0)" }
        }
        for directory in directories + (context.keyrings ?? []) {
            let place = "\(directory)/\(name)"
            guard SystemFile.size(place) ?? 0 > 0 else { continue }
            add(place, as: "\(Self.directory)/\(name)")
            return true
        }
        return false
    }

    /// Adds a file under the path that it has in the sandbox.
    public mutating func add(_ source: String, as target: String) {
        urls.append("file://\(target)")
        // What the sandbox tree has at this place is there anyway.
        if source != (context.sandboxTree ?? "") + target {
            files.append(ABI.V1.File(path: target, source: source))
        }
    }

    /// The error for a key that is in no place.
    public func missing(_ name: String, of distribution: String) -> ErrorObject {
        ErrorObject(
            code: .notFound,
            message: "the key \(name) of \(distribution) is not on this host",
            hint: "Install distribution-gpg-keys, set RepositoryKeyFetch=yes, or put it into SandboxTrees= as "
                + "\(Self.directory.dropFirst())/\(name)",
            subject: name
        )
    }
}

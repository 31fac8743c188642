import ByteKeys
import PluginWire

/// The differences between two locks, for display.
public struct LockDifference: Sendable, Equatable {
    /// A package of an image whose version or content changed; nil means that it is absent.
    public struct Change: Sendable, Equatable {
        public var subject: LockFile.Subject
        public var package: String
        public var architecture: String
        public var old: String?
        public var new: String?
    }

    /// In order of image, purpose and package.
    public var changes: [Change]

    public init(from old: LockFile, to new: LockFile) {
        let subjects = Set(old.entries.map(\.subject)).union(new.entries.map(\.subject))
        changes = subjects.sorted { $0.columns.lexicographicallyPrecedes($1.columns) }.flatMap { subject in
            Self.changes(subject, old.entry(subject)?.packages ?? [], new.entry(subject)?.packages ?? [])
        }
    }

    /// One line a change: `main: bash 5.2-1 → 5.2-2`.
    public var lines: [String] {
        changes.map { change in
            let (image, purpose) = (change.subject.image, change.subject.purpose)
            let place = purpose == "packages" ? image : "\(image) (\(purpose))"
            switch (change.old, change.new) {
            case (nil, let new?): return "\(place): + \(change.package) \(new)"
            case (let old?, nil): return "\(place): - \(change.package) \(old)"
            default: return "\(place): \(change.package) \(change.old ?? "") → \(change.new ?? "")"
            }
        }
    }

    private static func changes(
        _ subject: LockFile.Subject,
        _ old: [ABI.V1.Package],
        _ new: [ABI.V1.Package]
    ) -> [Change] {
        func group(_ packages: [ABI.V1.Package]) -> [PackageIdentity: [ABI.V1.Package]] {
            Dictionary(grouping: packages) { PackageIdentity($0).ofAllVersions }
        }
        let (before, after) = (group(old), group(new))
        return Set(before.keys).union(after.keys).sorted().compactMap { key in
            guard let sample = (after[key] ?? before[key])?.first else { return nil }
            let isSame = ByteSet((before[key] ?? []).map(\.sha256)) == ByteSet((after[key] ?? []).map(\.sha256))
            if isSame { return nil }
            return Change(
                subject: subject,
                package: sample.name,
                architecture: sample.architecture,
                old: versions(before[key], against: after[key]),
                new: versions(after[key], against: before[key])
            )
        }
    }

    /// The versions, with the beginning of the digest where versions alone do not tell the two sides apart.
    private static func versions(_ packages: [ABI.V1.Package]?, against others: [ABI.V1.Package]?) -> String? {
        guard let packages else { return nil }
        let isTold = ByteSet(packages.map(\.version)) != ByteSet((others ?? []).map(\.version))
        return packages.map { isTold ? $0.version : "\($0.version) (\($0.sha256.prefix(8)))" }.sortedByBytes()
            .joined(separator: ", ")
    }
}

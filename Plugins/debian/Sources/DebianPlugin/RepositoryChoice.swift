import ByteKeys
import DistributionKit
import JSON
import PluginWire
import System

/// The repositories that a build uses.
struct RepositoryChoice {
    private let context: ABI.V1.Context
    private let facts: DistributionFacts
    private let host: HostMirror?
    private let signedBy: [String]?
    private let directoryExists: (String) -> Bool

    /// Takes what the user wants and what the host has.
    ///
    /// `host` is what the host's own apt uses for this distribution; `signedBy` are key files as the sandbox sees them,
    /// or nil for apt's own trusted keys; `directoryExists` says whether a directory of this machine is there.
    init(
        _ context: ABI.V1.Context,
        _ facts: DistributionFacts,
        host: HostMirror?,
        signedBy: [String]?,
        directoryExists: @escaping (String) -> Bool = SystemFile.isDirectory
    ) {
        self.context = context
        self.facts = facts
        self.host = host
        self.signedBy = signedBy
        self.directoryExists = directoryExists
    }

    /// The distribution's own repositories.
    func sources() throws(ErrorObject) -> [AptSource] {
        if let local = context.settings?["LocalMirror"]?.string, !local.isEmpty {
            return [source(FileURL.withoutSlash(local), [context.release])]
        }
        if let snapshot = context.snapshot, !snapshot.isEmpty { return try sources(snapshot: snapshot) }
        let suites = facts.suites(of: context.release)
        var sources = [source(archive, suites.archive)]
        if !suites.security.isEmpty, let security { sources.append(source(security, suites.security)) }
        return sources
    }

    /// Returns the sources of an image with apt: none of the machine that builds it.
    ///
    /// A mirror that is a directory of this machine is none for who runs the image.
    func imageSources() -> [AptSource] {
        let suites = facts.suites(of: context.release)
        let mirror = context.mirror.flatMap { FileURL.path($0) == nil ? $0 : nil }
        var sources = [source(facts.archive(below: mirror ?? facts.mirror), suites.archive)]
        if !suites.security.isEmpty, let security = facts.security { sources.append(source(security, suites.security)) }
        for index in sources.indices {
            sources[index].isTrusted = false
            sources[index].allowsOld = false
            sources[index].signedBy = nil
        }
        return sources
    }

    /// The packages that the user has on disk: no index of theirs is signed, and none needs to be.
    func localSource() -> AptSource? {
        guard let directory = context.localRepository else { return nil }
        var source = AptSource(uris: ["file:\(directory)"], suites: ["./"])
        source.isTrusted = true
        return source
    }

    private var archive: String {
        if let mirror = context.mirror { return facts.archive(below: mirror) }
        return host?.archive ?? facts.archive(below: facts.mirror)
    }

    /// Security updates are seldom mirrored, so a mirror for the archive says nothing about them.
    private var security: String? {
        guard let canonical = facts.security else { return nil }
        guard let mirror = context.mirror else { return host?.security ?? canonical }
        guard mirror.hasPrefix("file:") else { return canonical }
        // Only what is on this machine: whoever names a directory wants to stay offline.
        let parent = archive.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
        let sibling = "\(parent)/\(facts.securityDirectory)"
        return directoryExists(FileURL.path(sibling) ?? sibling) ? sibling : nil
    }

    private func sources(snapshot: String) throws(ErrorObject) -> [AptSource] {
        let suites = facts.suites(of: context.release)
        var sources: [AptSource]
        switch facts.name {
        case "debian":
            let base = FileURL.withoutSlash(context.mirror ?? SnapshotService.debian)
            sources = [source("\(base)/archive/\(facts.archiveDirectory)/\(snapshot)", suites.archive)]
            if !suites.security.isEmpty {
                sources.append(source("\(base)/archive/debian-security/\(snapshot)", suites.security))
            }
        case "ubuntu":
            let base = facts.archive(below: context.mirror ?? SnapshotService.ubuntu)
            sources = [source("\(base)/\(snapshot)", suites.archive + suites.security)]
        default:
            throw ErrorObject(
                code: .unsupported,
                message: "\(facts.name) has no snapshots",
                hint: "Remove Snapshot=",
                subject: "Snapshot="
            )
        }
        guard Self.isTimestamp(snapshot) else {
            throw ErrorObject(
                code: .invalidParameters,
                message: "\(snapshot) is not the name of a snapshot of \(facts.name)",
                hint: "Set Snapshot= to a time in UTC of the form YYYYMMDDTHHMMSSZ, such as 20260131T235959Z",
                subject: "Snapshot="
            )
        }
        for index in sources.indices { sources[index].allowsOld = true }
        return sources
    }

    /// Returns true if a text has the form `YYYYMMDDTHHMMSSZ`.
    static func isTimestamp(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        guard bytes.count == 16 else { return false }
        return bytes.enumerated().allSatisfy { index, byte in
            switch index {
            case 8: byte == UInt8(ascii: "T")
            case 15: byte == UInt8(ascii: "Z")
            default: (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
            }
        }
    }

    private func source(_ uri: String, _ suites: [String]) -> AptSource {
        let further = (context.repositories ?? []).filter { $0 != "main" }
        var source = AptSource(uris: [uri], suites: suites, components: ["main"] + further)
        source.signedBy = signedBy
        // Their mirrors may lag behind, and whoever builds from one gets a warning with the date.
        source.allowsOld = facts.moving.contains(context.release)
        if !context.repositoryKeyCheck {
            source.isTrusted = true
            source.signedBy = nil
        }
        return source
    }
}

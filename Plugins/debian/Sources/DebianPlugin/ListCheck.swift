import ByteKeys
import Crypto
import DistributionKit
import Glibc
import PluginKit
import PluginWire
import System

/// Compares the indexes that apt keeps with what their signed lists say of them.
///
/// apt does that when it fetches them and never again: a server that answers "not modified" makes it take whatever is
/// in its directory by then.
struct ListCheck: Sendable {
    /// The list of a suite with its signature.
    struct Release: Sendable {
        var source: AptSource
        var url: String
        var path: String
        var text: String
        var signers: [String]
    }

    /// Something that must not be used.
    struct Fault: Sendable {
        var url: String
        /// Completes a sentence whose subject is the index.
        var reason: String
        /// Names of the files that it spoils.
        var files: [String]
    }

    private(set) var releases: [Release] = []
    private(set) var faults: [Fault] = []
    /// Names of files of which no signed list knows the digest: repositories may list nothing but compressed indexes.
    private(set) var unlisted: [String] = []
    /// Names of the indexes that may be read.
    private(set) var indexes: [String] = []

    private let directory: String
    private let scratch: String
    private let channel: ToolChannel

    /// Checks what is in `directory`, in which apt keeps indexes; files of none of the sources are left alone.
    ///
    /// `scratch` is a directory that only this build has.
    init(
        _ sources: [AptSource],
        in directory: String,
        scratch: String,
        channel: ToolChannel
    ) throws {
        self.init(directory, scratch: scratch, channel)
        let places = Self.files(of: sources, in: directory).enumerated().map { ($0, $1) }
        let parts = parallelMap(places, jobs: sysconf(Int32(_SC_NPROCESSORS_ONLN))) { number, place in
            Result<ListCheck, any Error> {
                // gpgv(1) writes into it.
                let own = "\(scratch)/check-\(number)"
                try SystemFile.makeDirectories(own)
                var part = ListCheck(directory, scratch: own, channel)
                try part.check(place.source, place.base, place.names)
                return part
            }
        }
        for part in parts {
            let part = try part.get()
            releases += part.releases
            faults += part.faults
            unlisted += part.unlisted
            indexes += part.indexes
        }
    }

    private init(_ directory: String, scratch: String, _ channel: ToolChannel) {
        self.directory = directory
        self.scratch = scratch
        self.channel = channel
    }

    /// Names of files that a suite's list does not describe, by what the lists say whether signed or not.
    static func unlisted(_ sources: [AptSource], in directory: String) -> [String] {
        files(of: sources, in: directory).flatMap { source, base, names -> [String] in
            let (list, parts) = split(names, base)
            guard !source.isTrusted, let text = SystemFile.text("\(directory)/\(list)") else { return [] }
            let listed = AptLists.digests(in: text, base: base, of: parts)
            return parts.sorted().filter { listed[$0] == nil }
        }
    }

    /// The names that apt has given to what comes from each place of the sources.
    private static func files(
        of sources: [AptSource],
        in directory: String
    ) -> [(source: AptSource, base: String, names: ByteSet)] {
        let names = SystemFile.names(in: directory)
        var bases: ByteSet = []
        var found: [(source: AptSource, base: String, names: ByteSet)] = []
        for source in sources {
            for base in source.bases where bases.insert(base).inserted {
                let prefix = AptLists.fileName(base)
                let own = names.filter { $0.dropping(prefix: prefix) != nil }
                if !own.isEmpty { found.append((source, base, ByteSet(own))) }
            }
        }
        return found
    }

    /// The name of a suite's list, and those of all that it describes.
    private static func split(_ names: ByteSet, _ base: String) -> (list: String, parts: ByteSet) {
        let prefix = AptLists.fileName(base)
        let lists = ["InRelease", "Release", "Release.gpg"].map { prefix + $0 }
        return (names.contains(lists[0]) ? lists[0] : lists[1], names.subtracting(lists))
    }

    private mutating func check(_ source: AptSource, _ base: String, _ names: ByteSet) throws {
        let (list, parts) = Self.split(names, base)
        let name = list.hasSuffix("InRelease") ? "InRelease" : "Release"
        let path = "\(directory)/\(list)"
        if source.isTrusted {
            // Nothing says what would be right, and the user has said that nothing has to.
            if let text = SystemFile.text(path) {
                releases.append(Release(source: source, url: base + name, path: path, text: text, signers: []))
            }
            indexes += parts
            return
        }
        let keys = try TrustedKeys(of: source, scratch: scratch)
        let signature = OpenPGPSignature(
            keyrings: keys.keyrings,
            fingerprints: keys.fingerprints,
            scratch: scratch,
            environment: AptCommand.environment,
            channel: channel
        )
        let detached = name == "Release" ? path + ".gpg" : nil
        guard names.contains(list), let signed = try signature.check(path, detached: detached) else {
            faults.append(Fault(url: base + name, reason: "has no valid signature", files: names.sorted()))
            return
        }
        releases.append(
            Release(source: source, url: base + name, path: path, text: signed.text, signers: signed.signers)
        )
        let listed = AptLists.digests(in: signed.text, base: base, of: parts)
        for part in parts.sorted() {
            guard let entry = listed[part] else {
                unlisted.append(part)
                continue
            }
            if try !entry.fits("\(directory)/\(part)") {
                faults.append(Fault(url: entry.url, reason: "does not match its signed list", files: [part]))
            } else {
                indexes.append(part)
            }
        }
    }

    /// Returns the paths of the indexes that may be read, unlisted ones among them when apt has just fetched them.
    func readable(includingUnlisted: Bool) -> [String] {
        (indexes + (includingUnlisted ? unlisted : [])).sortedByBytes().map { "\(directory)/\($0)" }
    }

    /// Lists that say they are out of date by a time, with what they say; only those of sources that allow it.
    func expired(at now: Int) -> [(url: String, date: String)] {
        releases.compactMap { release in
            guard release.source.allowsOld, !release.source.isTrusted,
                let date = AptLists.value(of: "Valid-Until", in: release.text),
                let time = PackagePlaces.time(date), time < now
            else { return nil }
            return (release.url, date)
        }
    }
}

import ArchiveKit
import DistributionKit
import Glibc
import System

/// The owners of each path, and dpkg's treatment of one more, when packages are unpacked one after the other.
///
/// dpkg compares names, not places: a file that two packages reach by different names is the later one's without a word.
/// What the tree has there decides if a directory or a link stays (dpkg(1), deb-control(5) `Replaces`).
struct OrderedClaims: Sendable {
    /// The treatment of an entry of a package.
    enum Decision: Equatable {
        /// Nothing is written, and the package has the path.
        case keep
        /// Nothing is written: another package replaces this one, which has not got the path.
        case skip
        /// The entry takes the place of what is there; `replacing` when that was another package's.
        case write(replacing: Bool)
    }

    private let packages: [BinaryPackage]
    /// The names by which packages have a place, by package.
    private var owners: [BytePath: [Int: BytePath]] = [:]
    /// Entries that a package no longer has.
    private(set) var lost: [Int: Set<BytePath>] = [:]

    init(_ packages: [BinaryPackage]) {
        self.packages = packages
    }

    /// Notes a path of a package that was unpacked before: `place` is where its entry went.
    mutating func note(_ name: BytePath, at place: BytePath, of package: BinaryPackage) {
        owners[place, default: [:]][package.index] = name
    }

    /// Decides about an entry; throws where dpkg refuses.
    ///
    /// `name` is the path as the package has it, `place` the one after diversions, by which packages meet, and `path`
    /// the same in the tree, with merged directories.
    mutating func take(
        _ entry: ArchiveEntry,
        _ name: BytePath,
        at place: BytePath,
        inTree path: BytePath,
        by package: BinaryPackage
    ) throws -> Decision {
        let others = (owners[place] ?? [:]).keys.filter { $0 != package.index }.sorted()
        if Self.stays(path, for: entry, isOwned: !others.isEmpty) {
            note(name, at: place, of: package)
            return .keep
        }
        var losers: [Int] = []
        var isShared = false
        var isReplaced = false
        for index in others {
            let other = packages[index]
            if package.replaces(other) {
                losers.append(index)
            } else if other.replaces(package) {
                isReplaced = true
            } else if package.sharesFiles(with: other) {
                isShared = true
            } else {
                throw Claims.clash(other, package, name)
            }
        }
        // Only now: one package that refuses is enough.
        if isReplaced {
            lost[package.index, default: []].insert(name)
            return .skip
        }
        // A directory that has no owner under this name, such as one made through a link: dpkg removes it with everything
        // in it. Here it goes if it is empty, for its content may be the administrator's.
        if entry.kind != .directory, losers.isEmpty, InTree(path)?.isDirectory == true,
            path.withCString({ rmdir($0) }) != 0
        {
            throw SystemFile.failure("replace", "/\(path)", number: EISDIR)
        }
        for index in losers {
            guard let theirs = owners[place]?.removeValue(forKey: index) else { continue }
            lost[index, default: []].insert(theirs)
        }
        note(name, at: place, of: package)
        return isShared ? .keep : .write(replacing: !losers.isEmpty)
    }

    /// Returns true if an entry is a directory, or a link to one, that the tree has already.
    private static func stays(_ path: BytePath, for entry: ArchiveEntry, isOwned: Bool) -> Bool {
        guard let there = InTree(path, following: true), there.isDirectory else { return false }
        if entry.kind == .directory { return true }
        guard entry.kind == .symbolicLink, let target = entry.linkTarget else { return false }
        // A link that no package has is the administrator's, as in a pass in any order.
        if !isOwned || InTree(path)?.isDirectory == true { return true }
        let isAbsolute = target.bytes.first == UInt8(ascii: "/")
        return there == InTree(isAbsolute ? target : path.parent.appending(target), following: true)
    }
}

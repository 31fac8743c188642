public import PluginWire
public import System

/// The packages that ship each path, and the decision where two ship the same one.
///
/// The answer depends on the order of installation and on the rules of `ClaimingPackage`,
/// never on which thread was faster.
public struct Claims: Sendable {
    public struct Claim: Sendable, Equatable {
        /// Index of the package.
        public var package: Int
        /// The path as the package has it, before diversions and merged directories.
        public var entry: BytePath
        public var isLink: Bool

        public init(package: Int, entry: BytePath, isLink: Bool = false) {
            self.package = package
            self.entry = entry
            self.isLink = isLink
        }
    }

    /// The properties that a directory gets: those of the first package in order.
    public struct Directory: Sendable, Equatable {
        public var package: Int
        public var user: UInt32
        public var group: UInt32
        public var mode: UInt32

        public init(package: Int, user: UInt32, group: UInt32, mode: UInt32) {
            self.package = package
            self.user = user
            self.group = group
            self.mode = mode
        }
    }

    public struct Clash: Sendable {
        public var path: BytePath
        public var claim: Claim
    }

    /// Everything but directories, by the path in the tree; the file there is the package's own.
    public private(set) var files: [BytePath: Claim] = [:]
    public private(set) var directories: [BytePath: Directory] = [:]
    public private(set) var clashes: [Clash] = []
    /// True if one package ships a directory or a link where another ships something else, so that only the order
    /// decides: a link may be the directory that is there.
    public private(set) var dependsOnOrder = false

    public init() {}

    /// The paths that packages of earlier passes have.
    public init(files: [BytePath: Claim]) {
        self.files = files
    }

    /// Takes a path for a package; false when another package had taken it.
    public mutating func take(_ path: BytePath, _ claim: Claim) -> Bool {
        // Whichever comes first in the order: who has taken a path may not have written it yet.
        if let directory = directories[path], directory.package != claim.package { dependsOnOrder = true }
        guard let holder = files[path] else {
            files[path] = claim
            return true
        }
        if holder.package == claim.package { return true }
        if holder.isLink || claim.isLink { dependsOnOrder = true }
        clashes.append(Clash(path: path, claim: claim))
        return false
    }

    /// Records a directory; true if it was not recorded before.
    public mutating func takeDirectory(_ path: BytePath, _ directory: Directory) -> Bool {
        if let holder = files[path], holder.package != directory.package { dependsOnOrder = true }
        guard let known = directories[path] else {
            directories[path] = directory
            return true
        }
        if directory.package < known.package { directories[path] = directory }
        return false
    }

    /// Returns true if a package has something below a path at which another one has a link.
    ///
    /// Archives need not have an entry for each directory, so it may not be recorded yet.
    public func leadsThroughLinks() -> Bool {
        var links: [BytePath: Int] = [:]
        for (path, claim) in files where claim.isLink { links[path] = claim.package }
        if links.isEmpty { return false }
        var known: Set<BytePath> = []
        for (path, claim) in files {
            var parent = path.parent
            while !parent.isEmpty {
                if let owner = links[parent], owner != claim.package { return true }
                // Packages differ, but whose file leads through a link of its own is still the same for all of them.
                if links[parent] == nil, !known.insert(parent).inserted { break }
                parent = parent.parent
            }
        }
        return false
    }

    /// Forgets a directory that is no longer there.
    public mutating func forgetDirectory(_ path: BytePath) { directories[path] = nil }

    /// The result of deciding the clashes.
    public struct Outcome: Sendable {
        /// Entries to write again, by package: another package's file is in their place.
        public var rewrite: [Int: Set<BytePath>] = [:]
        /// Entries that a package no longer has.
        public var lost: [Int: Set<BytePath>] = [:]
        /// Those of them that the package manager, unpacking in order, would not have written at all.
        public var unwritten: [Int: Set<BytePath>] = [:]
    }

    /// Decides all clashes and forgets them.
    public mutating func settle(_ packages: [some ClaimingPackage]) throws(ErrorObject) -> Outcome {
        var outcome = Outcome()
        var written = files
        for clash in clashes.sorted(by: { $0.claim.package < $1.claim.package }) {
            guard let holder = files[clash.path] else { continue }
            let inOrder = holder.package < clash.claim.package
            let (earlier, later) = inOrder ? (holder, clash.claim) : (clash.claim, holder)
            guard let winner = try Self.winner(earlier, later, packages) else { continue }
            let loser = winner == earlier ? later : earlier
            // Under two different names the package manager does not notice, and both keep the path.
            if loser.entry == winner.entry { outcome.lost[loser.package, default: []].insert(loser.entry) }
            if loser == later { outcome.unwritten[loser.package, default: []].insert(loser.entry) }
            files[clash.path] = winner
            if written[clash.path] == nil { written[clash.path] = holder }
        }
        for path in Set(clashes.map(\.path)) {
            guard let winner = files[path], let writer = written[path], winner.package != writer.package else {
                continue
            }
            outcome.rewrite[winner.package, default: []].insert(winner.entry)
        }
        clashes.removeAll()
        return outcome
    }

    /// Whose file it is in the end; nil when both have the same one.
    private static func winner(
        _ earlier: Claim,
        _ later: Claim,
        _ packages: [some ClaimingPackage]
    ) throws(ErrorObject) -> Claim? {
        let first = packages[earlier.package]
        let second = packages[later.package]
        if second.replaces(first) { return later }
        if first.replaces(second) { return earlier }
        if second.sharesFiles(with: first) { return nil }
        if earlier.entry != later.entry { return later }
        throw clash(first, second, later.entry)
    }

    /// The refusal of a path that the later of two packages must not take over.
    public static func clash(_ first: some ClaimingPackage, _ second: some ClaimingPackage, _ path: BytePath)
        -> ErrorObject
    {
        ErrorObject(
            code: .commandFailed,
            message: "the packages \(first.name) and \(second.name) both contain the file /\(path), "
                + "and neither replaces the other",
            hint: "Install only one of them",
            subject: second.filePath
        )
    }
}

import ImageKit
import PluginWire

/// Which package ships which path, and what happens where two ship the same one.
///
/// The answer depends on the order of installation and on `Replaces` alone, never on which thread was faster.
struct Claims: Sendable {
    struct Claim: Sendable, Equatable {
        /// Index of the package.
        var package: Int
        /// The path as the package has it, before diversions and merged folders.
        var entry: BytePath
        var isLink = false
    }

    /// How a folder has to look: what the first package in order says.
    struct Folder: Sendable, Equatable {
        var package: Int
        var user: UInt32
        var group: UInt32
        var mode: UInt32
    }

    struct Clash: Sendable {
        var path: BytePath
        var claim: Claim
    }

    /// Everything but folders, by the path in the tree; the package's own file is what lies there.
    private(set) var files: [BytePath: Claim] = [:]
    private(set) var folders: [BytePath: Folder] = [:]
    private(set) var clashes: [Clash] = []
    /// Whether one package ships a folder where another ships a link, so that only the order of unpacking decides.
    private(set) var dependsOnOrder = false

    init() {}

    /// The paths that packages of earlier passes have.
    init(files: [BytePath: Claim]) {
        self.files = files
    }

    /// Takes a path for a package; false when another package had taken it.
    mutating func take(_ path: BytePath, _ claim: Claim) -> Bool {
        // Whichever comes first in the order: who has taken a path may not have written it yet.
        if claim.isLink, let folder = folders[path], folder.package != claim.package { dependsOnOrder = true }
        guard let holder = files[path] else {
            files[path] = claim
            return true
        }
        if holder.package == claim.package { return true }
        clashes.append(Clash(path: path, claim: claim))
        return false
    }

    /// Notes a folder; true when nobody had before.
    mutating func takeFolder(_ path: BytePath, _ folder: Folder) -> Bool {
        if let holder = files[path], holder.isLink, holder.package != folder.package { dependsOnOrder = true }
        guard let known = folders[path] else {
            folders[path] = folder
            return true
        }
        if folder.package < known.package { folders[path] = folder }
        return false
    }

    /// What came out of the clashes.
    struct Outcome: Sendable {
        /// Entries to write again, by package: another package's file lies where they belong.
        var rewrite: [Int: Set<BytePath>] = [:]
        /// Entries that a package no longer has.
        var lost: [Int: Set<BytePath>] = [:]
        /// Those of them that dpkg, unpacking in order, would not have written at all.
        var unwritten: [Int: Set<BytePath>] = [:]
    }

    /// Decides all clashes and forgets them.
    mutating func settle(_ packages: [BinaryPackage]) throws(ErrorObject) -> Outcome {
        var outcome = Outcome()
        var written = files
        for clash in clashes.sorted(by: { $0.claim.package < $1.claim.package }) {
            guard let holder = files[clash.path] else { continue }
            let inOrder = holder.package < clash.claim.package
            let (earlier, later) = inOrder ? (holder, clash.claim) : (clash.claim, holder)
            guard let winner = try Self.winner(earlier, later, packages) else { continue }
            let loser = winner == earlier ? later : earlier
            // Under two different names dpkg does not notice, and both keep the path.
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
        _ packages: [BinaryPackage]
    ) throws(ErrorObject) -> Claim? {
        let first = packages[earlier.package]
        let second = packages[later.package]
        if second.replaces(first) { return later }
        if first.replaces(second) { return earlier }
        if first.name == second.name, second.control["Multi-Arch"] == "same" { return nil }
        if earlier.entry != later.entry { return later }
        throw ErrorObject(
            code: .commandFailed,
            message: "the packages \(first.name) and \(second.name) both have the file /\(later.entry), "
                + "and neither replaces the other",
            hint: "Install only one of them",
            subject: second.file.path
        )
    }
}

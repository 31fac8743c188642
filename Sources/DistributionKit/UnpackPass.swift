import ArchiveKit
import Glibc
public import PluginKit
import PluginWire
public import System

/// Unpacks packages in several threads into the tree that is the root directory now.
///
/// If the order of packages decides what is in the tree in the end, because one has a directory or a link where another has
/// something else, the pass is taken back, and the caller runs one that goes package by package.
public final class UnpackPass<Rules: UnpackRules>: Sendable {
    public typealias Package = Rules.Package

    /// The outcome for the packages of a pass, each by its index.
    public struct Result: Sendable {
        /// Paths of each package, in the order of the archive, without those that it lost.
        public internal(set) var listings: [Int: [BytePath]] = [:]
        public internal(set) var notes: [Int: Rules.Notes] = [:]
        /// Entries below directories that are mounted over now.
        public internal(set) var deferred: [Int: Set<BytePath>] = [:]
        /// Entries, of packages of earlier passes, that a package of this pass took over.
        public internal(set) var lost: [Int: Set<BytePath>] = [:]
        /// Entries, of packages of this pass, that another package took over and that would not have been written in order.
        public internal(set) var unwritten: [Int: Set<BytePath>] = [:]
    }

    /// The order in which packages are unpacked.
    public enum Order: Sendable {
        /// Several at once, the largest first.
        case any
        /// One after the other, as they are installed.
        case ofInstallation
    }

    struct State {
        fileprivate var waiting: [Package]
        /// In a pass in order those of directories only.
        var claims: Claims
        var result = Result()
        /// Directories that this pass made: only those get owner and mode.
        var fresh: Set<BytePath>
        /// Directories for which no package has an entry, created as parents of other entries.
        var implied: Set<BytePath> = []
        fileprivate var error: (any Error)?
        fileprivate var bytes = 0
    }

    let packages: [Package]
    public let rules: Rules
    let layout: TreeLayout
    private let report: ToolChannel
    let state: Monitor<State>
    private let total: Int
    /// Directories that were new before this pass, and packages that it unpacks.
    let startingFresh: Set<BytePath>
    let own: Set<Int>
    private let order: Order
    let writer: EntryWriter

    /// - Parameters:
    ///   - packages: All of the installation, by index.
    ///   - rules: What the package manager does with them.
    ///   - layout: The links and mounts of the tree.
    ///   - claims: What packages of earlier passes have.
    ///   - fresh: Directories that were made before, and that get owner and mode of their packages.
    ///   - unpacking: The packages of this pass.
    ///   - order: How they are unpacked.
    ///   - report: Gets the progress, in bytes of package files.
    public init(
        packages: [Package],
        rules: Rules,
        layout: TreeLayout,
        claims: Claims,
        fresh: Set<BytePath>,
        unpacking: [Package],
        order: Order,
        report: ToolChannel
    ) {
        self.packages = packages
        self.rules = rules
        self.layout = layout
        self.report = report
        total = unpacking.reduce(0) { $0 + $1.size }
        startingFresh = fresh
        own = Set(unpacking.map(\.index))
        self.order = order
        // Taken from the end. The largest first, so that no thread is left with one at the end.
        let waiting = unpacking.sorted { left, right in
            order == .ofInstallation ? left.index > right.index : (left.size, right.index) < (right.size, left.index)
        }
        let state = Monitor(State(waiting: waiting, claims: claims, fresh: fresh))
        self.state = state
        writer = EntryWriter { path in state.withLock { _ = $0.implied.insert(path) } }
    }

    /// Unpacks all packages.
    ///
    /// - Parameter threads: How many packages are unpacked at the same time, where the order allows it.
    /// - Returns: What became of the packages, and what they have now, for the next pass.
    /// - Throws: `UnpackOrderMatters` when everything was taken back; the first error of a package otherwise.
    public func run(threads: Int) throws -> (result: Result, claims: Claims) {
        WorkerThread.share(order == .any ? threads : 1) { [self] in
            while let package = take() {
                do {
                    try unpack(package)
                } catch {
                    state.withLock { if $0.error == nil { $0.error = error } }
                }
            }
        }
        // What went wrong may only have gone wrong because of the order.
        if order == .any, state.withLock({ $0.claims.dependsOnOrder || $0.claims.leadsThroughLinks() }) {
            try undo()
            throw UnpackOrderMatters()
        }
        if let error = state.withLock({ $0.error }) { throw error }
        if order == .any { try settle() } else { forgetLost() }
        try finishDirectories()
        return state.withLock { ($0.result, $0.claims) }
    }

    private func take() -> Package? {
        state.withLock { state in
            if let last = state.waiting.last { state.bytes += last.size }
            if !report.isQuiet { report.progress("unpack", done: state.bytes, total: total, unit: "bytes") }
            return state.error == nil ? state.waiting.popLast() : nil
        }
    }

    private func unpack(_ package: Package) throws {
        var notes = rules.notes(of: package)
        var listing: [BytePath] = []
        var deferred: Set<BytePath> = []
        try rules.read(package) { reader in
            while let archived = try reader.next() {
                let name = archived.path.normalized
                listing.append(name)
                let isDirectory = archived.kind == .directory
                if rules.excludes(name, isDirectoryOrLink: isDirectory || archived.kind == .symbolicLink) { continue }
                let path = place(of: name, in: package)
                let entry = UnpackedEntry(archived: archived, name: name, path: path, package: package)
                if layout.isMountedOver(path) {
                    deferred.insert(name)
                    if !isDirectory { try rules.passOver(entry, &reader, &notes) }
                } else if isDirectory, layout.isMerged(path) {
                    continue
                } else if order == .ofInstallation {
                    try rules.writeInOrder(entry, &reader, self, &notes)
                } else if isDirectory {
                    try makeDirectory(entry)
                } else if takes(entry) {
                    try rules.write(entry, &reader, self, &notes)
                } else {
                    try rules.passOver(entry, &reader, &notes)
                }
            }
        }
        if order == .ofInstallation { try rules.finishInOrder(package, &notes) }
        state.withLock { [listing, notes, deferred] state in
            state.result.listings[package.index] = listing
            state.result.notes[package.index] = notes
            if !deferred.isEmpty { state.result.deferred[package.index] = deferred }
        }
    }

    private func takes(_ entry: UnpackedEntry<Package>) -> Bool {
        let claim = Claims.Claim(
            package: entry.package.index,
            entry: entry.name,
            isLink: entry.archived.kind == .symbolicLink
        )
        return state.withLock { $0.claims.take(entry.path, claim) }
    }

    /// The path in the tree of a path of a package.
    public func place(of name: BytePath, in package: Package) -> BytePath {
        layout.canonical(rules.place(of: name, in: package))
    }

    /// Writes single entries of a package over what is there.
    public static func extract(
        _ entries: Set<BytePath>,
        of package: Package,
        _ rules: Rules,
        _ layout: TreeLayout
    ) throws {
        let writer = EntryWriter()
        try rules.read(package) { reader in
            while let entry = try reader.next() {
                let name = entry.path.normalized
                guard entries.contains(name) else { continue }
                let path = layout.canonical(rules.place(of: name, in: package))
                let override = rules.override(of: name)
                if entry.kind == .directory {
                    try writer.writeDirectory(entry, at: path, override: override)
                    continue
                }
                try writer.write(
                    entry,
                    at: path,
                    override: override,
                    link: { layout.canonical(rules.place(of: $0, in: package)) },
                    content: &reader
                )
            }
        }
    }
}

/// One package has a directory where another has something else: the pass was taken back and has to run in order.
public struct UnpackOrderMatters: Error {}

import ArchiveKit
import Crypto
import DistributionKit
import Glibc
import PluginKit
import PluginWire
import System

/// A file and the MD5 of its content, for `dpkg --verify`.
struct FileSum: Sendable {
    var path: BytePath
    var md5: String
}

/// Unpacks packages in several threads into the tree that is the root directory now.
///
/// dpkg's own rules hold: diversions, overrides, directories and links that are there, `Replaces`, configuration files.
final class UnpackPass: Sendable {
    /// What became of the packages of a pass.
    struct Result: Sendable {
        /// Paths of each package for its `.list`, in the order of the archive, without those that it lost.
        var listings: [Int: [BytePath]] = [:]
        /// MD5 of configuration files; nil if the file existed and the new one is next to it.
        var hashes: [Int: [BytePath: String?]] = [:]
        /// MD5 of the files of packages that bring no list of their own.
        var sums: [Int: [FileSum]] = [:]
        /// Entries, by package, below directories that are mounted over now.
        var deferred: [Int: Set<BytePath>] = [:]
        /// Entries, of packages of earlier passes, that a package of this pass took over.
        var lost: [Int: Set<BytePath>] = [:]
    }

    struct State {
        fileprivate var waiting: [BinaryPackage]
        /// In a pass in order those of directories only.
        var claims: Claims
        var ordered: OrderedClaims
        fileprivate var result = Result()
        /// Directories that this pass made: only those get owner and mode.
        fileprivate var fresh: Set<BytePath>
        /// Directories for which no package has an entry, created as parents of other entries.
        fileprivate var implied: Set<BytePath> = []
        fileprivate var error: (any Error)?
        fileprivate var bytes = 0
    }

    private let packages: [BinaryPackage]
    let layout: TreeLayout
    private let filter: PathFilter
    let diversions: Diversions
    private let report: ToolChannel
    let state: Monitor<State>
    private let total: Int
    /// Directories that were new before this pass, and packages that it unpacks.
    private let startingFresh: Set<BytePath>
    private let own: Set<Int>
    /// Whether the packages are unpacked one after the other, in the order of installation.
    private let inOrder: Bool
    let writer: EntryWriter

    /// `packages` are all of the installation, by index; `claims` what earlier passes took.
    init(
        packages: [BinaryPackage],
        layout: TreeLayout,
        claims: Claims,
        filter: PathFilter,
        diversions: Diversions,
        fresh: Set<BytePath>,
        unpacking: [BinaryPackage],
        inOrder: Bool = false,
        report: ToolChannel
    ) {
        self.packages = packages
        self.layout = layout
        self.filter = filter
        self.diversions = diversions
        self.report = report
        total = unpacking.reduce(0) { $0 + $1.file.size }
        startingFresh = fresh
        own = Set(unpacking.map(\.index))
        self.inOrder = inOrder
        // Taken from the end. The largest first, so that no thread is left with one at the end.
        let waiting = unpacking.sorted { left, right in
            inOrder ? left.index > right.index : (left.file.size, right.index) < (right.file.size, left.index)
        }
        let ordered =
            inOrder ? Self.orderedClaims(packages, without: own, diversions) : OrderedClaims(packages)
        let state = Monitor(State(waiting: waiting, claims: claims, ordered: ordered, fresh: fresh))
        self.state = state
        writer = EntryWriter { path in state.withLock { _ = $0.implied.insert(path) } }
    }

    /// Unpacks all packages.
    func run(threads: Int) throws -> (result: Result, claims: Claims) {
        WorkerThread.share(inOrder ? 1 : threads) { [self] in
            while let package = take() {
                do {
                    try unpack(package)
                } catch {
                    state.withLock { if $0.error == nil { $0.error = error } }
                }
            }
        }
        // What went wrong may only have gone wrong because of the order.
        if !inOrder, state.withLock({ $0.claims.dependsOnOrder || $0.claims.leadsThroughLinks() }) {
            try undo()
            throw OrderMatters()
        }
        if let error = state.withLock({ $0.error }) { throw error }
        if inOrder { forgetLost() } else { try settle() }
        try finishDirectories()
        return state.withLock { ($0.result, $0.claims) }
    }

    /// One package has a directory where another has something else: the pass was taken back and has to run in order.
    struct OrderMatters: Error {}

    private func take() -> BinaryPackage? {
        state.withLock { state in
            if let last = state.waiting.last { state.bytes += last.file.size }
            if !report.isQuiet { report.progress("unpack", done: state.bytes, total: total, unit: "bytes") }
            return state.error == nil ? state.waiting.popLast() : nil
        }
    }

    private func unpack(_ package: BinaryPackage) throws {
        var notes = Notes()
        let conffiles = Set(package.conffiles)
        let needsSums = package.member("md5sums") == nil
        try package.file.read("data.tar") { reader in
            while let entry = try reader.next() {
                let name = entry.path.normalized
                notes.listing.append(name)
                let isDirectory = entry.kind == .directory
                if filter.excludes(name, isDirectoryOrLink: isDirectory || entry.kind == .symbolicLink) { continue }
                let path = layout.canonical(diversions.place(of: name, package: package.name))
                let wantsSum = needsSums && entry.kind == .regular
                if layout.isMountedOver(path) {
                    notes.deferred.insert(name)
                    if wantsSum { notes.sums.append(FileSum(path: name, md5: try Self.sum(&reader, entry, path))) }
                    continue
                }
                if isDirectory, layout.isMerged(path) { continue }
                if inOrder {
                    try unpackInOrder(entry, name, path, package, &reader, &notes)
                    continue
                }
                if isDirectory {
                    try makeDirectory(entry, name, path, package)
                    continue
                }
                let claim = Claims.Claim(package: package.index, entry: name, isLink: entry.kind == .symbolicLink)
                guard state.withLock({ $0.claims.take(path, claim) }) else {
                    if wantsSum { notes.sums.append(FileSum(path: name, md5: try Self.sum(&reader, entry, path))) }
                    continue
                }
                if conffiles.contains(name), entry.kind == .regular, entry.hardLink == nil {
                    let (hash, isNew) = try writeConffile(entry, name, path, &reader)
                    notes.hashes.updateValue(isNew ? hash : nil, forKey: name)
                    if wantsSum { notes.sums.append(FileSum(path: name, md5: hash)) }
                } else {
                    try write(entry, name, path, package, &reader)
                    if wantsSum { notes.sums.append(FileSum(path: name, md5: try Digest.ofFile("/\(path)", .md5))) }
                }
            }
        }
        if inOrder { try finishNames(notes, of: package) }
        state.withLock { [notes] state in
            state.result.listings[package.index] = notes.listing
            state.result.hashes[package.index] = notes.hashes
            if needsSums { state.result.sums[package.index] = notes.sums }
            if !notes.deferred.isEmpty { state.result.deferred[package.index] = notes.deferred }
        }
    }

    private func write(
        _ entry: ArchiveEntry,
        _ name: BytePath,
        _ path: BytePath,
        _ package: BinaryPackage,
        _ reader: inout ArchiveReader
    ) throws {
        try writer.write(
            entry,
            at: path,
            override: diversions.overrides[name],
            link: { layout.canonical(diversions.place(of: $0, package: package.name)) },
            content: &reader
        )
    }

    /// Writes a configuration file next to the existing one, for dpkg to compare when it configures.
    private func writeConffile(
        _ entry: ArchiveEntry,
        _ name: BytePath,
        _ path: BytePath,
        _ reader: inout ArchiveReader
    ) throws -> (hash: String, isNew: Bool) {
        let bytes = try reader.readAll()
        let isThere = SystemFile.exists("/\(path)")
        try writer.write(
            entry,
            bytes: bytes,
            at: isThere ? path.adding(suffix: ".dpkg-new") : path,
            override: diversions.overrides[name]
        )
        return (try Digest.of(bytes, .md5), !isThere)
    }

    /// The MD5 of an entry that is not written now; another name of a file has that file's.
    static func sum(
        _ reader: inout ArchiveReader,
        _ entry: ArchiveEntry,
        _ path: BytePath
    ) throws -> String {
        if entry.hardLink != nil { return try Digest.ofFile("/\(path)", .md5) }
        var digest = try Digest(.md5)
        try reader.readContent { (bytes: UnsafeRawBufferPointer, _) throws(ErrorObject) in digest.update(bytes) }
        return digest.finish()
    }

    /// Makes a directory while the lock is held, so that no other thread finds it noted but missing.
    func makeDirectory(_ entry: ArchiveEntry, _ name: BytePath, _ path: BytePath, _ package: BinaryPackage)
        throws
    {
        let override = diversions.overrides[name]
        let directory = Claims.Directory(
            package: package.index,
            user: override?.user ?? entry.user,
            group: override?.group ?? entry.group,
            mode: (override?.mode ?? entry.mode) & 0o7777
        )
        try state.withLock { state in
            guard state.claims.takeDirectory(path, directory), !path.isEmpty else { return }
            if path.withCString({ mkdir($0, 0o755) }) == 0 {
                state.fresh.insert(path)
            } else if errno == ENOENT {
                try EntryWriter.makeParents(of: path) { state.implied.insert($0) }
                guard path.withCString({ mkdir($0, 0o755) }) == 0 else {
                    throw SystemFile.failure("make the directory", "/\(path)")
                }
                state.fresh.insert(path)
            } else if errno != EEXIST {
                throw SystemFile.failure("make the directory", "/\(path)")
            } else if !SystemFile.isDirectory("/\(path)") {
                // Over a file of another package only in order; over one that belongs to none, as dpkg does.
                if let holder = state.claims.files[path], holder.package != package.index { return }
                guard path.withCString({ unlink($0) }) == 0, path.withCString({ mkdir($0, 0o755) }) == 0 else {
                    throw SystemFile.failure("make the directory", "/\(path)")
                }
                state.fresh.insert(path)
            }
        }
    }

    /// Writes the files of those packages that won a path which another had written.
    private func settle() throws {
        let outcome = try state.withLock { try $0.claims.settle(packages) }
        for (index, entries) in outcome.rewrite.sorted(by: { $0.key < $1.key }) {
            try Self.extract(entries, of: packages[index], layout, diversions)
        }
        state.withLock { state in
            for (index, entries) in outcome.lost {
                state.result.listings[index]?.removeAll { entries.contains($0) }
                let unwritten = outcome.unwritten[index] ?? []
                state.result.sums[index]?.removeAll { unwritten.contains($0.path) }
                if state.result.listings[index] == nil { state.result.lost[index] = entries }
            }
        }
    }

    /// Takes out of the lists what later packages took over in order.
    private func forgetLost() {
        state.withLock { state in
            for (index, entries) in state.ordered.lost {
                state.result.listings[index]?.removeAll { entries.contains($0) }
                if state.result.listings[index] == nil { state.result.lost[index] = entries }
            }
        }
    }

    /// Writes single entries of a package over what is there.
    static func extract(
        _ entries: Set<BytePath>,
        of package: BinaryPackage,
        _ layout: TreeLayout,
        _ diversions: Diversions
    ) throws {
        let writer = EntryWriter()
        try package.file.read("data.tar") { reader in
            while let entry = try reader.next() {
                let name = entry.path.normalized
                guard entries.contains(name) else { continue }
                let path = layout.canonical(diversions.place(of: name, package: package.name))
                let override = diversions.overrides[name]
                if entry.kind == .directory {
                    try writer.writeDirectory(entry, at: path, override: override)
                    continue
                }
                try writer.write(
                    entry,
                    at: path,
                    override: override,
                    link: { layout.canonical(diversions.place(of: $0, package: package.name)) },
                    content: &reader
                )
            }
        }
    }

    /// Puts owner and mode on new directories, when nothing more is written into them.
    private func finishDirectories() throws {
        let (fresh, directories) = state.withLock { ($0.fresh, $0.claims.directories) }
        for path in fresh {
            // In order, a file of a later package may be there now.
            guard let directory = directories[path], InTree(path)?.isDirectory == true else { continue }
            let place = path.isEmpty ? BytePath(".") : path
            if directory.user != 0 || directory.group != 0,
                place.withCString({ chown($0, directory.user, directory.group) }) != 0
            {
                throw SystemFile.failure("set the owner of", "/\(path)")
            }
            if place.withCString({ chmod($0, directory.mode) }) != 0 {
                throw SystemFile.failure("set the mode of", "/\(path)")
            }
        }
    }

    /// Removes everything that this pass made, and nothing that was there before.
    private func undo() throws {
        let (fresh, claims) = state.withLock {
            ($0.fresh.union($0.implied).subtracting(startingFresh), $0.claims.files)
        }
        let made = claims.filter { own.contains($0.value.package) }
        // A path may lead through links, which are there until nothing is below them any more.
        for (path, claim) in made where !claim.isLink {
            _ = path.withCString { unlink($0) }
            _ = path.adding(suffix: ".dpkg-new").withCString { unlink($0) }
        }
        var links = Set(made.filter(\.value.isLink).keys)
        var directories = fresh
        var hasChanged = true
        while hasChanged {
            hasChanged = false
            for path in directories.sorted(by: >) where path.isEmpty || path.withCString({ rmdir($0) }) == 0 {
                directories.remove(path)
                hasChanged = true
            }
            for path in links where !directories.contains(where: { $0.isBelow(path) }) {
                _ = path.withCString { unlink($0) }
                links.remove(path)
                hasChanged = true
            }
        }
        if let path = directories.min() {
            throw ErrorObject(code: .internalError, message: "cannot unpack again in order: /\(path) is not empty")
        }
    }
}

extension BytePath {
    /// Whether this is the path of something in a directory, at whatever depth.
    fileprivate func isBelow(_ directory: BytePath) -> Bool {
        bytes.count > directory.bytes.count && bytes[directory.bytes.count] == UInt8(ascii: "/")
            && bytes.starts(with: directory.bytes)
    }
}

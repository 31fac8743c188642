import ArchiveKit
import Crypto
import DistributionKit
import Glibc
import PluginWire
import System

/// A file and the MD5 of its content, for `dpkg --verify`.
struct FileSum: Sendable {
    var path: BytePath
    var md5: String
}

/// The way in which dpkg treats the files of packages: diversions, overrides, excluded paths, configuration files and
/// checksums.
struct DpkgRules: UnpackRules {
    /// The entries of dpkg's database about a package's files.
    struct Notes: Sendable {
        /// MD5 of configuration files; nil if the file existed and the new one is next to it.
        var hashes: [BytePath: String?] = [:]
        /// MD5 of the files of a package that brings no list of its own; otherwise nil.
        var sums: [FileSum]?
        fileprivate let conffiles: Set<BytePath>
        /// Paths whose files wait next to them for the end of the package, in a pass in order.
        var waiting: [BytePath] = []
        var isWaiting: Set<BytePath> = []

        fileprivate init(of package: BinaryPackage) {
            sums = package.member("md5sums") == nil ? [] : nil
            conffiles = Set(package.conffiles)
        }

        func isConffile(_ entry: UnpackedEntry<BinaryPackage>) -> Bool {
            entry.archived.kind == .regular && entry.archived.hardLink == nil && conffiles.contains(entry.name)
        }
    }

    let filter: PathFilter
    let diversions: Diversions
    /// The base of dpkg's decisions in a pass in order.
    let ordered: Monitor<OrderedClaims>

    init(filter: PathFilter, diversions: Diversions, ordered: OrderedClaims) {
        self.filter = filter
        self.diversions = diversions
        self.ordered = Monitor(ordered)
    }

    static let suffix = ".dpkg-new"

    var waitingSuffix: String? { Self.suffix }

    func notes(of package: BinaryPackage) -> Notes { Notes(of: package) }

    func read(_ package: BinaryPackage, _ body: (inout ArchiveReader) throws -> Void) throws {
        try package.file.read("data.tar", body)
    }

    func excludes(_ name: BytePath, isDirectoryOrLink: Bool) -> Bool {
        filter.excludes(name, isDirectoryOrLink: isDirectoryOrLink)
    }

    func place(of name: BytePath, in package: BinaryPackage) -> BytePath {
        diversions.place(of: name, package: package.name)
    }

    func override(of name: BytePath) -> Ownership? { diversions.overrides[name] }

    func write(
        _ entry: UnpackedEntry<BinaryPackage>,
        _ reader: inout ArchiveReader,
        _ pass: UnpackPass<DpkgRules>,
        _ notes: inout Notes
    ) throws {
        if notes.isConffile(entry) {
            let bytes = try reader.readAll()
            // dpkg compares it with the existing one when it configures.
            let isThere = SystemFile.exists("/\(entry.path)")
            try pass.write(entry, bytes: bytes, at: isThere ? entry.path.adding(suffix: Self.suffix) : entry.path)
            let hash = try Digest.of(bytes, .md5)
            notes.hashes.updateValue(isThere ? nil : hash, forKey: entry.name)
            notes.sums?.append(FileSum(path: entry.name, md5: hash))
            return
        }
        try pass.write(entry, &reader)
        if notes.sums != nil, entry.archived.kind == .regular {
            notes.sums?.append(FileSum(path: entry.name, md5: try Digest.ofFile("/\(entry.path)", .md5)))
        }
    }

    func passOver(
        _ entry: UnpackedEntry<BinaryPackage>,
        _ reader: inout ArchiveReader,
        _ notes: inout Notes
    ) throws {
        if notes.sums == nil || entry.archived.kind != .regular { return }
        notes.sums?.append(FileSum(path: entry.name, md5: try Self.sum(&reader, entry)))
    }

    /// The MD5 of an entry that is not written now; another name of a file has that file's.
    private static func sum(_ reader: inout ArchiveReader, _ entry: UnpackedEntry<BinaryPackage>) throws -> String {
        if entry.archived.hardLink != nil { return try Digest.ofFile("/\(entry.path)", .md5) }
        var digest = try Digest(.md5)
        try reader.readContent { (bytes: UnsafeRawBufferPointer, _) throws(ErrorObject) in digest.update(bytes) }
        return digest.finish()
    }
}

extension UnpackPass<DpkgRules>.Result {
    /// MD5 of a package's configuration files; nil if the file existed and the new one is next to it.
    func hashes(of package: BinaryPackage) -> [BytePath: String?]? { notes[package.index]?.hashes }

    /// MD5 of the files of a package that brings no list of its own.
    func sums(of package: BinaryPackage) -> [FileSum]? {
        guard let sums = notes[package.index]?.sums, let missing = unwritten[package.index] else {
            return notes[package.index]?.sums
        }
        return sums.filter { !missing.contains($0.path) }
    }
}

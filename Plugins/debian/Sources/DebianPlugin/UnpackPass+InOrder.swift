import ArchiveKit
import Crypto
import DistributionKit
import Glibc
import PluginWire
import System

/// Packages one after the other, where their links and directories meet: entry by entry as dpkg does it.
extension UnpackPass {
    /// What unpacking one package notes on the way.
    struct Notes {
        var listing: [BytePath] = []
        var hashes: [BytePath: String?] = [:]
        var deferred: Set<BytePath> = []
        var sums: [FileSum] = []
        /// Paths whose files wait next to them for the end of the package, in order.
        var waiting: [BytePath] = []
        var isWaiting: Set<BytePath> = []
    }

    private static let suffix = ".dpkg-new"

    /// What packages of earlier passes have, directories included.
    static func orderedClaims(_ packages: [BinaryPackage], without own: Set<Int>, _ diversions: Diversions)
        -> OrderedClaims
    {
        var claims = OrderedClaims(packages)
        for package in packages where !own.contains(package.index) {
            for name in DpkgDatabase.readList(package) {
                claims.note(name, at: diversions.place(of: name, package: package.name), of: package)
            }
        }
        return claims
    }

    /// Unpacks an entry; what is no directory gets its name with `finishNames`.
    ///
    /// A package must not find its own links: dpkg decides by the tree as it was before the package.
    func unpackInOrder(
        _ entry: ArchiveEntry,
        _ name: BytePath,
        _ path: BytePath,
        _ package: BinaryPackage,
        _ reader: inout ArchiveReader,
        _ notes: inout Notes
    ) throws {
        let place = diversions.place(of: name, package: package.name)
        let decision = try state.withLock {
            try $0.ordered.take(entry, name, at: place, inTree: path, by: package)
        }
        let needsSum = entry.kind == .regular && package.member("md5sums") == nil
        switch decision {
        case .skip: break
        case .keep:
            if entry.kind == .directory { try makeDirectory(entry, name, path, package) }
            if needsSum { notes.sums.append(FileSum(path: name, md5: try Self.sum(&reader, entry, path))) }
        case .write(let isReplacing):
            if entry.kind == .directory {
                if path.withCString({ unlink($0) }) != 0, errno != ENOENT {
                    throw SystemFile.failure("replace", "/\(path)")
                }
                state.withLock { $0.claims.forgetDirectory(path) }
                return try makeDirectory(entry, name, path, package)
            }
            // At once, as dpkg does: a file of this package that leads into it through a link is then an error.
            if InTree(path)?.isDirectory == true { try InTree.removeDirectory(path) }
            let new = path.adding(suffix: Self.suffix)
            try writer.write(
                entry,
                at: new,
                override: diversions.overrides[name],
                link: { target in
                    let source = layout.canonical(diversions.place(of: target, package: package.name))
                    return notes.isWaiting.contains(source) ? source.adding(suffix: Self.suffix) : source
                },
                content: &reader
            )
            let isConffile = entry.kind == .regular && entry.hardLink == nil && package.conffiles.contains(name)
            // dpkg compares it with the existing one when it configures.
            let stays = isConffile && !isReplacing && SystemFile.exists("/\(path)")
            if !stays, notes.isWaiting.insert(path).inserted { notes.waiting.append(path) }
            if !isConffile, !needsSum { return }
            let sum = try Digest.ofFile("/\(new)", .md5)
            if isConffile { notes.hashes.updateValue(stays ? nil : sum, forKey: name) }
            if needsSum { notes.sums.append(FileSum(path: name, md5: sum)) }
        }
    }

    /// Gives the files of a package their names, in the place of what is there.
    func finishNames(_ notes: Notes, of package: BinaryPackage) throws {
        for path in notes.waiting {
            let new = path.adding(suffix: Self.suffix)
            if new.withCString({ old in path.withCString { rename(old, $0) } }) == 0 { continue }
            guard errno == ENOENT else { throw SystemFile.failure("replace", "/\(path)") }
            throw ErrorObject(
                code: .commandFailed,
                message:
                    "the package \(package.name) has the file /\(path) twice, or a file in place of its directory: "
                    + "a link of another package leads there",
                hint: "Install it without the package that has the link",
                subject: package.filePath
            )
        }
    }
}

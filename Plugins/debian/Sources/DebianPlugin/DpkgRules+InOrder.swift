import ArchiveKit
import Crypto
import DistributionKit
import Glibc
import PluginWire
import System

/// Packages one after the other, where their links and directories meet: entry by entry as dpkg does it.
extension DpkgRules {
    /// Returns the paths of packages of earlier passes, directories included.
    static func orderedClaims(
        _ packages: [BinaryPackage],
        without unpacking: [BinaryPackage],
        _ diversions: Diversions
    ) -> OrderedClaims {
        let own = Set(unpacking.map(\.index))
        var claims = OrderedClaims(packages)
        for package in packages where !own.contains(package.index) {
            for name in DpkgDatabase.readList(package) {
                claims.note(name, at: diversions.place(of: name, package: package.name), of: package)
            }
        }
        return claims
    }

    func lostInOrder() -> [Int: Set<BytePath>] { ordered.withLock { $0.lost } }

    /// Unpacks an entry; what is no directory gets its name with `finishInOrder`.
    ///
    /// A package must not find its own links: dpkg decides by the tree as it was before the package.
    func writeInOrder(
        _ entry: UnpackedEntry<BinaryPackage>,
        _ reader: inout ArchiveReader,
        _ pass: UnpackPass<DpkgRules>,
        _ notes: inout Notes
    ) throws {
        let place = place(of: entry.name, in: entry.package)
        let decision = try ordered.withLock {
            try $0.take(entry.archived, entry.name, at: place, inTree: entry.path, by: entry.package)
        }
        switch decision {
        case .skip: break
        case .keep:
            if entry.archived.kind == .directory { try pass.makeDirectory(entry) }
            try passOver(entry, &reader, &notes)
        case .write where entry.archived.kind == .directory:
            try pass.replaceByDirectory(entry)
        case .write(let isReplacing):
            try writeNext(to: entry, isReplacing: isReplacing, &reader, pass, &notes)
        }
    }

    private func writeNext(
        to entry: UnpackedEntry<BinaryPackage>,
        isReplacing: Bool,
        _ reader: inout ArchiveReader,
        _ pass: UnpackPass<DpkgRules>,
        _ notes: inout Notes
    ) throws {
        let path = entry.path
        // At once, as dpkg does: a file of this package that leads into it through a link is then an error.
        if InTree(path)?.isDirectory == true { try InTree.removeDirectory(path) }
        let new = path.adding(suffix: Self.suffix)
        let waiting = notes.isWaiting
        try pass.write(entry, &reader, at: new) { target in
            let source = pass.place(of: target, in: entry.package)
            return waiting.contains(source) ? source.adding(suffix: Self.suffix) : source
        }
        let isConffile = notes.isConffile(entry)
        // dpkg compares it with the existing one when it configures.
        let stays = isConffile && !isReplacing && SystemFile.exists("/\(path)")
        if !stays, notes.isWaiting.insert(path).inserted { notes.waiting.append(path) }
        let needsSum = notes.sums != nil && entry.archived.kind == .regular
        if !isConffile, !needsSum { return }
        let sum = try Digest.ofFile("/\(new)", .md5)
        if isConffile { notes.hashes.updateValue(stays ? nil : sum, forKey: entry.name) }
        if needsSum { notes.sums?.append(FileSum(path: entry.name, md5: sum)) }
    }

    /// Gives the files of a package their names, in the place of what is there.
    func finishInOrder(_ package: BinaryPackage, _ notes: inout Notes) throws {
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

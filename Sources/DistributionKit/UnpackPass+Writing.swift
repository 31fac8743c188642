public import ArchiveKit
import Glibc
public import System

/// The functions by which the rules of a package manager write.
extension UnpackPass {
    /// Writes an entry in the place of what is there.
    ///
    /// - Parameters:
    ///   - entry: No directory.
    ///   - reader: The archive whose current entry it is.
    ///   - path: Another path than that of the entry, such as one next to it.
    ///   - link: The place of the file that a hard link is another name of; nil: where the rules put it.
    /// - Throws: an error that names the path, or the package when it is damaged.
    public func write(
        _ entry: UnpackedEntry<Package>,
        _ reader: inout ArchiveReader,
        at path: BytePath? = nil,
        link: ((BytePath) -> BytePath)? = nil
    ) throws {
        try writer.write(
            entry.archived,
            at: path ?? entry.path,
            override: rules.override(of: entry.name),
            link: link ?? { self.place(of: $0, in: entry.package) },
            content: &reader
        )
    }

    /// Writes a file whose content is in memory already.
    public func write(_ entry: UnpackedEntry<Package>, bytes: [UInt8], at path: BytePath) throws {
        try writer.write(entry.archived, bytes: bytes, at: path, override: rules.override(of: entry.name))
    }

    /// Makes a directory while the lock is held, so that no other thread finds it noted but missing.
    public func makeDirectory(_ entry: UnpackedEntry<Package>) throws {
        let path = entry.path
        let override = rules.override(of: entry.name)
        let directory = Claims.Directory(
            package: entry.package.index,
            user: override?.user ?? entry.archived.user,
            group: override?.group ?? entry.archived.group,
            mode: (override?.mode ?? entry.archived.mode) & 0o7777
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
                // Over a file of another package only in order; over one that belongs to none, as package managers do.
                if let holder = state.claims.files[path], holder.package != entry.package.index { return }
                guard path.withCString({ unlink($0) }) == 0, path.withCString({ mkdir($0, 0o755) }) == 0 else {
                    throw SystemFile.failure("make the directory", "/\(path)")
                }
                state.fresh.insert(path)
            }
        }
    }

    /// Makes a directory in the place of what is there, which is none.
    public func replaceByDirectory(_ entry: UnpackedEntry<Package>) throws {
        let path = entry.path
        if path.withCString({ unlink($0) }) != 0, errno != ENOENT {
            throw SystemFile.failure("replace", "/\(path)")
        }
        state.withLock { $0.claims.forgetDirectory(path) }
        try makeDirectory(entry)
    }
}

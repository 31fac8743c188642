internal import System

/// A file system whose directories name inodes by their numbers.
protocol InodeFileSystem {
    associatedtype Inode: StoredInode
    var file: DiskFile { get }
    var rootNumber: UInt64 { get }
    /// The most that all files together take, as no two share anything: blocks or bytes.
    var budget: UInt64 { get }

    func inode(_ number: UInt64) throws(DiskError) -> Inode
    /// Returns the file of an inode; `left` is the part of the budget that no file has had yet.
    func stored(_ inode: Inode, at path: BytePath, _ left: inout UInt64) throws(DiskError) -> StoredFile
    /// The entries of a directory without those for itself and its parent, in any order.
    func entries(of stored: StoredFile) throws(DiskError) -> [(name: BytePath, inode: UInt64)]
    /// True for an entry that is no part of the tree that the file system was made from.
    func isOmitted(_ name: BytePath, in parent: BytePath, _ inode: UInt64, _ left: inout UInt64) -> Bool
}

/// The fields that every inode has.
protocol StoredInode {
    var kind: FileKind { get }
    var mode: UInt32 { get }
}

extension InodeFileSystem {
    func isOmitted(_ name: BytePath, in parent: BytePath, _ inode: UInt64, _ left: inout UInt64) -> Bool { false }

    /// Hands over every file, directories before what is in them, and names in the order of their bytes.
    func walkInodes<Failure: Error>(
        _ body: (StoredFile) throws(Failure) -> Void
    ) throws(DiskContents.WalkError<Failure>) {
        // Paths are put together when they are needed: all in a directory share that of the directory.
        var names: [UInt64: (parent: BytePath, name: BytePath)] = [:]
        var stack: [(inode: UInt64, parent: BytePath, name: BytePath)] = [(rootNumber, BytePath(""), BytePath(""))]
        var left = budget
        while let (number, parent, name) = stack.popLast() {
            let path = parent.appending(name)
            let stored: StoredFile
            do throws(DiskError) {
                try StoredFile.check(path, of: file.name)
                let inode = try self.inode(number)
                if let (firstParent, firstName) = names[number] {
                    guard inode.kind != .directory else {
                        throw DiskError(.damaged, "\(file.name): the directory \(path.string) has two names")
                    }
                    var other = StoredFile(path: path, kind: inode.kind, mode: inode.mode)
                    other.hardLink = firstParent.appending(firstName)
                    stored = other
                } else {
                    names[number] = (parent, name)
                    stored = try self.stored(inode, at: path, &left)
                    if inode.kind == .directory {
                        for entry in try sorted(entries(of: stored), in: path).reversed() {
                            if isOmitted(entry.name, in: path, entry.inode, &left) { continue }
                            stack.append((entry.inode, path, entry.name))
                        }
                    }
                }
            } catch {
                throw .reading(error)
            }
            do throws(Failure) { try body(stored) } catch { throw .caller(error) }
        }
    }

    /// Entries in the order of their names; throws `damaged` for a name that no file can have, or that two have.
    private func sorted(
        _ entries: [(name: BytePath, inode: UInt64)],
        in path: BytePath
    ) throws(DiskError) -> [(name: BytePath, inode: UInt64)] {
        let entries = entries.sorted { $0.name < $1.name }
        for entry in entries {
            let name = entry.name.bytes
            guard !name.isEmpty, !name.contains(0x2f), !name.contains(0) else {
                throw DiskError(.damaged, "\(file.name): \(path.string) has an entry without a name")
            }
        }
        for (one, next) in zip(entries, entries.dropFirst()) where one.name == next.name {
            throw DiskError(.damaged, "\(file.name): \(path.string) has two entries named \(one.name.string)")
        }
        return entries
    }

    /// The whole content of a small file.
    func content(of stored: StoredFile, limit: UInt64) throws(DiskError) -> [UInt8] {
        guard stored.size <= limit else { throw DiskError(.damaged, "\(stored.path.string) has \(stored.size) bytes") }
        var bytes = [UInt8](repeating: 0, count: Int(stored.size))
        for extent in stored.extents where extent.offset < stored.size {
            let count = min(extent.size, stored.size - extent.offset)
            let part = try file.read(at: extent.place, Int(count))
            bytes.replaceSubrange(Int(extent.offset)..<Int(extent.offset + count), with: part)
        }
        return bytes
    }
}

/// Bytes of a directory that are read at most.
let directoryLimit: UInt64 = 256 << 20
/// Bytes of a symbolic link at most.
let linkLimit: UInt64 = 4096

/// Major and minor number of a device as the kernel's file systems keep both in one word.
func deviceNumbers(_ word: UInt32) -> (major: UInt32, minor: UInt32) {
    ((word & 0xfff00) >> 8, (word & 0xff) | (word >> 12 & 0xfff00))
}

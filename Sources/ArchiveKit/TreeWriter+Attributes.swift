internal import CArchive
internal import CFiles
internal import Glibc
public import System

extension TreeWriter {
    /// Makes a directory, or takes the one that is there, and puts the entry's attributes on it.
    mutating func writeDirectory(_ entry: ArchiveEntry, at path: BytePath) throws(ImageError) {
        var isNew = false
        if !path.isEmpty {
            let number = try withDirectory(of: path) { directory, name -> Int32 in
                mkdirat(directory, name, 0o700) == 0 ? 0 : errno
            }
            if number != 0, number != EEXIST {
                throw ImageError(.output, cannot: "create the directory", shown(path), number: number)
            }
            isNew = number == 0
        }
        // A link to a directory in place of this one is kept, as package managers do: lib may be a link to usr/lib.
        if isNew || options.updatesDirectories {
            let directory = try openDirectory(path)
            try apply(entry, to: directory.number, shown(path))
            if options.times { directoryTimes.append((path, entry.modified)) }
        } else if !(try isDirectory(path)) {
            throw ImageError(.output, cannot: "create the directory", shown(path), number: EEXIST)
        }
    }

    /// Puts owner, mode, attributes and time on an open file, in the order in which none undoes another.
    ///
    /// chown(2) takes setuid and file capabilities away; chmod(2) changes the mask of an access control list.
    public func apply(_ entry: ArchiveEntry, to descriptor: Int32, _ name: String) throws(ImageError) {
        if options.owners, fchown(descriptor, entry.user, entry.group) != 0 {
            throw ImageError(.output, cannot: "set the owner of", name)
        }
        if fchmod(descriptor, entry.mode & 0o7777) != 0 {
            throw ImageError(.output, cannot: "set the mode of", name)
        }
        if options.attributes {
            for attribute in entry.allAttributes
            where fsetxattr(descriptor, attribute.name, attribute.value, attribute.value.count, 0) != 0 {
                throw attributeFailure(attribute.name, name)
            }
        }
        if options.times { try setTime(entry.modified, on: descriptor, name) }
    }

    /// The same for a link or a node, which must not be opened.
    mutating func applyByName(_ entry: ArchiveEntry, at path: BytePath) throws(ImageError) {
        let options = options
        let failed = try withDirectory(of: path) { directory, name -> (String, Int32)? in
            if options.owners, fchownat(directory, name, entry.user, entry.group, AT_SYMLINK_NOFOLLOW) != 0 {
                return ("set the owner of", errno)
            }
            // Nodes are made by this writer just now, so no link can be in the way; links have no mode of their own.
            if entry.kind != .symbolicLink, fchmodat(directory, name, entry.mode & 0o7777, 0) != 0 {
                return ("set the mode of", errno)
            }
            if options.attributes {
                // lsetxattr(2) has no form with a descriptor; /proc/self/fd/N is that directory at any path.
                let place = "/proc/self/fd/\(directory)/"
                for attribute in entry.allAttributes {
                    let result = place.withCString { prefix -> Int32 in
                        var joined = BytePath(prefix).bytes
                        joined.append(contentsOf: BytePath(name).bytes)
                        return BytePath(bytes: joined).withCString {
                            lsetxattr($0, attribute.name, attribute.value, attribute.value.count, 0)
                        }
                    }
                    if result != 0 { return ("set the attribute \(attribute.name) of", errno) }
                }
            }
            if options.times {
                let time = entry.modified
                if mkosi_set_modified_at(directory, name, Int64(time.seconds), Int64(time.nanoseconds)) != 0 {
                    return ("set the time of", errno)
                }
            }
            return nil
        }
        if let (action, number) = failed {
            throw ImageError(.output, cannot: action, shown(path), number: number)
        }
    }

    /// Returns true if there is a directory, or a link to one, at the path.
    func isDirectory(_ path: BytePath) throws(ImageError) -> Bool {
        let descriptor = path.withCString {
            mkosi_open_confined(root.number, $0, O_RDONLY | O_DIRECTORY, 0, options.resolution.flag)
        }
        if descriptor < 0 { return false }
        close(descriptor)
        return true
    }

    /// Returns true if there is a directory, or a link to one, at a path of the tree.
    public func hasDirectory(_ path: BytePath) -> Bool { (try? isDirectory(path)) == true }

    /// Makes a directory that an archive names no attributes for.
    public mutating func makeDirectory(_ path: BytePath) throws(ImageError) {
        let number = try withDirectory(of: path) { directory, name -> Int32 in
            mkdirat(directory, name, 0o755) == 0 ? 0 : errno
        }
        if number != 0 { throw ImageError(.output, cannot: "create the directory", shown(path), number: number) }
    }

    /// Puts a modification time on an open file.
    func setTime(_ time: FileTime, on descriptor: Int32, _ name: String) throws(ImageError) {
        if mkosi_set_modified(descriptor, Int64(time.seconds), Int64(time.nanoseconds)) != 0 {
            throw ImageError(.output, cannot: "set the time of", name)
        }
    }

    private func attributeFailure(_ attribute: String, _ name: String) -> ImageError {
        let number = errno
        let code: ImageError.Code = number == ENOTSUP ? .unsupported : .output
        return ImageError(code, cannot: "set the attribute \(attribute) of", name, number: number)
    }
}

extension ArchiveEntry {
    /// Extended attributes with the access control lists, which the kernel keeps as such.
    var allAttributes: [ExtendedAttribute] {
        if accessList == nil, defaultAccessList == nil { return attributes }
        var all = attributes
        if let list = accessList {
            all.append(ExtendedAttribute(name: AccessControlList.accessAttribute, value: list.attribute))
        }
        if let list = defaultAccessList, kind == .directory {
            all.append(ExtendedAttribute(name: AccessControlList.defaultAttribute, value: list.attribute))
        }
        return all
    }
}

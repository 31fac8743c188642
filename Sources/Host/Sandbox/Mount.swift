internal import CShims
internal import Glibc
internal import System

/// Detached mounts: made without a place in the tree, changed, and only then attached.
enum Mount {
    /// A second view of a path of the host and of all that is mounted under it; nil when nothing is there.
    static func clone(_ path: String, follow: Bool = true) throws(SandboxError) -> Descriptor? {
        let result = mkosi_clone_mounts(AT_FDCWD, path, follow)
        if result == -ENOENT || result == -ENOTDIR { return nil }
        try SystemCall.check(result, "open_tree", path, while: "Cannot bind a path of the host")
        return Descriptor(owning: result)
    }

    /// The same of a path that must not lead through a link.
    static func cloneWithoutLinks(_ path: String) throws(SandboxError) -> Descriptor? {
        guard let place = try Descriptor.withoutLinks(path) else { return nil }
        return try clone(place, name: path)
    }

    /// The same of what a descriptor names.
    static func clone(_ place: borrowing Descriptor, name: String) throws(SandboxError) -> Descriptor {
        let result = mkosi_clone_mounts(place.number, "", true)
        return Descriptor(
            owning: try SystemCall.check(result, "open_tree", name, while: "Cannot bind a path of the sandbox")
        )
    }

    /// A new file system; an option with an empty value is one without a value.
    static func new(
        _ type: String,
        _ options: [(name: String, value: String)],
        allowDevices: Bool = false,
        allowSetuid: Bool = false
    ) throws(SandboxError) -> Descriptor {
        let words = (options + [("source", type)]).flatMap { [$0.name, $0.value] }
        var call: UnsafePointer<CChar>?
        let result = CStringArray(words).withPointers { pointers in
            let constant = UnsafeRawPointer(pointers).assumingMemoryBound(to: UnsafePointer<CChar>?.self)
            return mkosi_new_mount(type, constant, allowDevices, allowSetuid, &call)
        }
        let name = call.map { String(cString: $0) } ?? "fsopen"
        try SystemCall.check(result, name, type, while: "Cannot create a file system")
        return Descriptor(owning: result)
    }

    static func makeReadOnly(
        _ mount: borrowing Descriptor,
        recursive: Bool = true,
        name: String
    ) throws(SandboxError) {
        let result = mkosi_make_read_only(mount.number, recursive)
        try SystemCall.check(result, "mount_setattr", name, while: "Cannot make a mount read-only")
    }
}

extension Mount {
    static func temporary(mode: UInt32, size: String? = nil) throws(SandboxError) -> Descriptor {
        var options = [(name: "mode", value: String(mode, radix: 8))]
        if let size {
            options.append((name: "size", value: size))
        }
        return try new("tmpfs", options)
    }
}

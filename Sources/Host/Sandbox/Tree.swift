internal import CShims
internal import Glibc
internal import System

/// The tree that becomes the root of the sandbox, while it is being made.
///
/// Every path is resolved by the kernel with this tree as the root (openat2(2), RESOLVE_IN_ROOT), so that a symlink
/// or `..` inside it, which the image may have put there, leads nowhere else. A directory in it can take the place of
/// the root, for paths of a system tree whose own symlinks must lead nowhere else in the sandbox either.
struct Tree: ~Copyable {
    /// The topmost mount at the root: an open descriptor does not see what is mounted on it later.
    private(set) var root: Descriptor
    /// The directory that paths start from, if it is not the root.
    private var base: Descriptor?

    init(root: consuming Descriptor) {
        self.root = root
    }

    /// The number of symlinks in a chain that are followed, as in the kernel.
    private static let symlinkLimit = 40

    /// Resolves paths below a directory from now on.
    mutating func resolve(below path: SandboxPath) throws(SandboxError) {
        resolveFromRoot()
        if path.components.isEmpty { return }
        guard let place = try open(path, MKOSI_OPEN_PATH.rawValue | MKOSI_OPEN_DIRECTORY.rawValue) else {
            throw SandboxError("There is no such directory in the sandbox", path: path.text, errno: ENOENT)
        }
        base = .some(place)
    }

    mutating func resolveFromRoot() {
        base = nil
    }

    private var startsAtRoot: Bool {
        switch base {
        case .some: false
        case nil: true
        }
    }

    /// Opens what a path names, or nil when there is nothing.
    func open(
        _ path: SandboxPath,
        _ flags: UInt32 = MKOSI_OPEN_PATH.rawValue
    ) throws(SandboxError) -> Descriptor? {
        switch base {
        case .some(let base): return try Self.open(path, flags, below: base.number)
        case nil: return try openFromRoot(path, flags)
        }
    }

    /// The same, wherever other paths start from.
    func openFromRoot(_ path: SandboxPath, _ flags: UInt32) throws(SandboxError) -> Descriptor? {
        try Self.open(path, flags, below: root.number)
    }

    /// The same, with a directory as the root: no link leads out of it.
    func open(_ path: SandboxPath, _ flags: UInt32, in directory: SandboxPath) throws(SandboxError) -> Descriptor? {
        guard let root = try openFromRoot(directory, MKOSI_OPEN_PATH.rawValue) else { return nil }
        return try Self.open(path, flags, below: root.number)
    }

    private static func open(
        _ path: SandboxPath,
        _ flags: UInt32,
        below directory: Int32
    ) throws(SandboxError) -> Descriptor? {
        let result = mkosi_open_in_root(directory, path.text, flags, 0)
        if result == -ENOENT { return nil }
        try SystemCall.check(result, "openat2", path.text, while: "Cannot look up a path of the sandbox")
        return Descriptor(owning: result)
    }

    /// Opens a directory, after making it and the missing ones above it.
    func makeDirectory(_ path: SandboxPath, depth: Int = 0) throws(SandboxError) -> Descriptor {
        if let found = try open(path, MKOSI_OPEN_PATH.rawValue | MKOSI_OPEN_DIRECTORY.rawValue) {
            return found
        }
        guard let name = path.last, name != ".." else {
            _ = try makeDirectory(path.parent, depth: depth)
            return try existing(path)
        }
        let parent = try makeDirectory(path.parent, depth: depth)
        let mode: mode_t = path.isForTemporaryFiles ? 0o1777 : 0o755
        let result = SystemCall.result { mkdirat(parent.number, name, mode) }
        if result == -EEXIST, let content = link(name, in: parent) {
            try checkDepth(depth, path)
            return try makeDirectory(path.following(content), depth: depth + 1)
        }
        // Below a directory of the host another sandbox may create the same at this moment; a dangling link is no directory.
        if result == -EEXIST,
            let found = try open(path, MKOSI_OPEN_PATH.rawValue | MKOSI_OPEN_DIRECTORY.rawValue)
        {
            return found
        }
        try SystemCall.check(result, "mkdirat", path.text, while: "Cannot create a directory in the sandbox")
        return try existing(path)
    }

    /// Opens a file, after making it as an empty one when it is missing.
    func makeFile(_ path: SandboxPath, depth: Int = 0) throws(SandboxError) -> Descriptor {
        if let found = try open(path) {
            return found
        }
        let parent = try makeParent(of: path, depth: depth)
        let name = path.last ?? ""
        let flags = MKOSI_OPEN_TRUNCATE.rawValue | MKOSI_OPEN_EXCLUSIVE.rawValue | MKOSI_OPEN_NOFOLLOW.rawValue
        let result = mkosi_open(parent.number, name, flags, 0o644)
        if result == -EEXIST, let content = link(name, in: parent) {
            try checkDepth(depth, path)
            return try makeFile(path.following(content), depth: depth + 1)
        }
        _ = Descriptor(
            owning: try SystemCall.check(
                result,
                "openat",
                path.text,
                while: "Cannot create a file in the sandbox"
            )
        )
        return try existing(path)
    }

    /// Opens the directory that a path is in, after making it.
    func makeParent(of path: SandboxPath, depth: Int = 0) throws(SandboxError) -> Descriptor {
        guard let name = path.last, name != ".." else {
            throw SandboxError("Cannot create a file at a path that does not end in a name", path: path.text)
        }
        return try makeDirectory(path.parent, depth: depth)
    }

    /// Attaches a detached mount at a place that exists, over whatever is mounted there.
    mutating func attach(
        _ mount: consuming Descriptor,
        at target: borrowing Descriptor,
        _ path: SandboxPath
    ) throws(SandboxError) {
        let result = mkosi_attach_mount(mount.number, target.number)
        try SystemCall.check(result, "move_mount", path.text, while: "Cannot mount in the sandbox")
        guard path.components.isEmpty else { return }
        if startsAtRoot { root = mount } else { base = .some(mount) }
    }

    /// Attaches a mount at a path, making the mount point: a directory, or a file.
    mutating func attach(_ mount: consuming Descriptor, at path: SandboxPath) throws(SandboxError) {
        let target = try mount.isDirectory() ? makeDirectory(path) : makeFile(path)
        try attach(mount, at: target, path)
    }

    /// Opens a name in a directory; a symlink is not followed.
    func openItself(
        _ name: String,
        in directory: borrowing Descriptor,
        _ path: SandboxPath
    ) throws(SandboxError) -> Descriptor {
        let flags = MKOSI_OPEN_PATH.rawValue | MKOSI_OPEN_NOFOLLOW.rawValue
        let result = mkosi_open_in_root(directory.number, name, flags, 0)
        return Descriptor(
            owning: try SystemCall.check(result, "openat2", path.text, while: "Cannot open a path of the sandbox")
        )
    }

    private func existing(_ path: SandboxPath) throws(SandboxError) -> Descriptor {
        guard let found = try open(path) else {
            throw SandboxError("A path of the sandbox vanished while it was created", path: path.text)
        }
        return found
    }

    private func checkDepth(_ depth: Int, _ path: SandboxPath) throws(SandboxError) {
        guard depth < Self.symlinkLimit else {
            throw SandboxError("Symlinks in the sandbox form a loop", path: path.text, errno: ELOOP)
        }
    }

    /// The content of a symlink, or nil when there is no symlink of that name.
    private func link(_ name: String, in directory: borrowing Descriptor) -> String? {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlinkat(directory.number, name, &buffer, buffer.count)
        return count < 0 ? nil : String(decoding: buffer[..<count].map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}

internal import CShims
internal import Glibc
internal import System

extension TreeBuilder {
    /// Mounts an overlay of any number of layers.
    ///
    /// The options of a mount fit into one page, and names in them must not contain `:` or `,`. So each layer gets a
    /// short symlink in the scratch directory, and the overlay is mounted there under short names before it is moved.
    /// `userxattr` allows an overlay in a user namespace to store whiteouts, and is used without one too, so that
    /// layers
    /// that root made can be read by an ordinary user.
    mutating func mountOverlay(_ overlay: Plan.Overlay) throws(SandboxError) {
        let target = SandboxPath(overlay.target)
        note("overlay of \(overlay.lower.count) layers at \(target.text)")
        guard !overlay.lower.isEmpty else {
            throw SandboxError("An overlay needs a lower directory", path: overlay.target)
        }
        let place = nextScratchName()
        try makeScratchDirectory(place)
        var lower: [String] = []
        for directory in overlay.lower {
            lower.append(try link(directory))
        }

        var options = "userxattr,lowerdir=" + lower.joined(separator: ":")
        switch overlay.upper {
        case .none:
            // One layer alone is refused; an empty one below it changes nothing.
            if lower.count == 1 {
                let empty = nextScratchName()
                try makeScratchDirectory(empty)
                options += ":" + empty
            }
        case .directory(let upper, let work):
            let workName = try link(work)
            options += ",upperdir=\(try link(upper)),workdir=\(workName)"
            forgetVolatility(of: workName)
        case .temporary:
            let memory = try makeMemory()
            options += ",upperdir=\(memory)/upper,workdir=\(memory)/work"
        }

        try tree.attach(mount(options, at: place, overlay), at: target)
    }

    /// Mounts in the scratch directory, with paths relative to it.
    private func mount(_ options: String, at place: String, _ overlay: Plan.Overlay) throws(SandboxError) -> Descriptor
    {
        let before = try Descriptor.open(".", while: "Cannot open the working directory")
        try SystemCall.check(
            SystemCall.result { fchdir(scratch.number) },
            "fchdir",
            while: "Cannot enter a directory"
        )
        var result: Int32 = -EINVAL
        // At the end of an overlay the kernel writes out all of the file system that changes went to, whoever made
        // them: where commands need not wait for the disk, this need not either. Linux 5.10 knows the option.
        if case .directory = overlay.upper, plan.suppression.contains(.sync) {
            result = mkosi_mount_overlay(place, options + ",volatile")
        }
        if result == -EINVAL { result = mkosi_mount_overlay(place, options) }
        let opened = mkosi_open(AT_FDCWD, place, MKOSI_OPEN_PATH.rawValue, 0)
        try SystemCall.check(
            SystemCall.result { fchdir(before.number) },
            "fchdir",
            while: "Cannot leave a directory"
        )
        let mounted = Descriptor(
            owning: try SystemCall.check(opened, "openat", place, while: "Cannot open a directory")
        )
        guard result == 0 else {
            throw SandboxError(
                "Cannot mount an overlay of \(overlay.lower.count) layers",
                call: "mount",
                path: overlay.target,
                errno: -result,
                hint: overlay.hint(errno: -result)
            )
        }
        var status = statvfs()
        if overlay.upper != .none, fstatvfs(mounted.number, &status) == 0, status.f_flag & UInt(ST_RDONLY) != 0 {
            throw SandboxError(
                "The kernel mounted a writable overlay read-only",
                path: overlay.target,
                hint: "the upper and the working directory must be writable, and belong to an id of the sandbox"
            )
        }
        return mounted
    }

    /// Removes the mark by which the kernel refuses a second mount after one that was not written out.
    ///
    /// It says that a crash of the machine may have lost changes, and whoever keeps these has to know that anyway.
    private func forgetVolatility(of work: String) {
        let directory = "\(work)/work/incompat"
        unlinkat(scratch.number, "\(directory)/volatile/dirty", 0)
        for name in ["\(directory)/volatile", directory] { unlinkat(scratch.number, name, AT_REMOVEDIR) }
    }

    private mutating func makeMemory() throws(SandboxError) -> String {
        let memory = nextScratchName()
        try makeScratchDirectory(memory)
        let place = mkosi_open(scratch.number, memory, MKOSI_OPEN_PATH.rawValue, 0)
        let mount = try Mount.temporary(mode: 0o755)
        let target = Descriptor(owning: try SystemCall.check(place, "openat", memory, while: "Cannot open a directory"))
        try SystemCall.check(
            mkosi_attach_mount(mount.number, target.number),
            "move_mount",
            while: "Cannot mount a file system in memory"
        )
        try makeScratchDirectory(memory + "/upper")
        try makeScratchDirectory(memory + "/work")
        return memory
    }

    private func makeScratchDirectory(_ name: String) throws(SandboxError) {
        let result = SystemCall.result { mkdirat(scratch.number, name, 0o755) }
        try SystemCall.check(result, "mkdirat", name, while: "Cannot make a directory")
    }

    /// A short name for a directory of the host.
    private mutating func link(_ directory: String) throws(SandboxError) -> String {
        var path = directory
        if path.utf8.first != UInt8(ascii: "/") {
            guard let current = getcwd(nil, 0) else {
                throw SandboxError("Cannot find the working directory", call: "getcwd", errno: errno)
            }
            path = String(cString: current) + "/" + path
            free(current)
        }
        if plan.guards(path), let place = try Descriptor.withoutLinks(path) {
            // It stays open until the command is executed: the overlay is mounted by this name.
            path = "/proc/self/fd/\(place.release())"
        }
        let name = nextScratchName()
        let result = SystemCall.result { symlinkat(path, scratch.number, name) }
        try SystemCall.check(result, "symlinkat", path, while: "Cannot name a layer")
        return name
    }
}

extension Plan.Overlay {
    /// The kernel's reason is only in its log: say what is the matter in the cases that can be told.
    fileprivate func hint(errno number: Int32) -> String? {
        var paths = lower
        if case .directory(let upper, let work) = upper {
            paths += [upper, work]
        }
        for path in paths where access(path, F_OK) != 0 {
            return "\(path) does not exist"
        }
        switch number {
        case EINVAL: return "the upper and working directory must be on one file system, and not on another overlay"
        case EPERM: return "the kernel may be too old for overlays in a user namespace; Linux 5.11 has them"
        default: return nil
        }
    }
}

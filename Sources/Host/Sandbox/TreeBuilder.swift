internal import CShims
internal import Glibc
internal import System

/// Takes the steps of a plan, one after the other, into a tree.
struct TreeBuilder: ~Copyable {
    var tree: Tree
    /// A directory of the builder's own, out of the sandbox's sight.
    let scratch: Descriptor
    let plan: Plan
    /// Root without a user namespace, or with all ids mapped as they are, owns the files of the kernel's interface.
    let ownsKernelFiles: Bool
    /// The terminal that the command sees as its console.
    let console: String?
    var scratchNames = 0

    mutating func run(_ steps: [Plan.Step]) throws(SandboxError) {
        for step in steps {
            try take(step)
        }
    }

    consuming func finish() -> Tree {
        tree.resolveFromRoot()
        return tree
    }

    private mutating func take(_ step: Plan.Step) throws(SandboxError) {
        switch step {
        case .temporary(let fileSystem): try mountTemporary(fileSystem)
        case .devices(let target): try makeDevices(at: SandboxPath(target))
        case .processes(let target): try mountProcesses(at: SandboxPath(target))
        case .system(let target): try makeSystem(at: SandboxPath(target))
        case .directory(let target): _ = try tree.makeDirectory(SandboxPath(target))
        case .bind(let bind): try self.bind(bind)
        case .foreignBind(let bind): throw SandboxError.foreignIDs(bind.source)
        case .symlink(let content, let target): try makeSymlink(content, at: SandboxPath(target))
        case .write(let content, let target): try write(content, at: SandboxPath(target))
        case .overlay(let overlay): try mountOverlay(overlay)
        case .resolver(let target): try bindResolver(at: SandboxPath(target))
        case .targetRoot(let directory): try tree.resolve(below: SandboxPath(directory))
        }
    }

    /// Logs an action if `--debug` is given.
    func note(_ text: @autoclosure () -> String) {
        if plan.isVerbose {
            Program.say(text())
        }
    }

    private mutating func mountTemporary(_ fileSystem: Plan.TemporaryFileSystem) throws(SandboxError) {
        let target = SandboxPath(fileSystem.target)
        let mode = fileSystem.mode ?? (target.isForTemporaryFiles ? 0o1777 : 0o755)
        note("tmpfs at \(target.text), mode \(String(mode, radix: 8))")
        let mount = try Mount.temporary(mode: mode, size: fileSystem.size)
        try tree.attach(mount, at: target)
    }

    private mutating func bind(_ bind: Plan.Bind) throws(SandboxError) {
        note("\(bind.isReadOnly ? "read-only " : "")bind of \(bind.source) at \(bind.target)")
        guard let mount = try clone(bind) else {
            if bind.isOptional { return }
            throw SandboxError(
                "Cannot bind a path that does not exist at \(bind.target)",
                call: "open_tree",
                path: bind.source,
                errno: ENOENT
            )
        }
        if bind.isReadOnly {
            try Mount.makeReadOnly(mount, name: bind.source)
        }
        try tree.attach(mount, at: SandboxPath(bind.target))
    }

    private func clone(_ bind: Plan.Bind) throws(SandboxError) -> Descriptor? {
        guard bind.source.hasPrefix("+") else {
            if bind.followsSource, plan.guards(bind.source) { return try Mount.cloneWithoutLinks(bind.source) }
            return try Mount.clone(bind.source, follow: bind.followsSource)
        }
        let flags = MKOSI_OPEN_PATH.rawValue | (bind.followsSource ? 0 : MKOSI_OPEN_NOFOLLOW.rawValue)
        let source = bind.source.dropFirst()
        let path: SandboxPath
        var place: Descriptor?
        // By bytes: as characters, a slash with a combining mark behind it is another character.
        if let border = source.utf8.firstRange(of: Plan.Bind.border.utf8) {
            path = SandboxPath(source[border.upperBound...])
            place = try tree.open(path, flags, in: SandboxPath(source[..<border.lowerBound]))
        } else {
            path = SandboxPath(source)
            place = try tree.openFromRoot(path, flags)
        }
        guard let place else { return nil }
        return try Mount.clone(place, name: path.text)
    }

    private mutating func makeSymlink(_ content: String, at target: SandboxPath) throws(SandboxError) {
        note("symlink to \(content) at \(target.text)")
        let parent = try tree.makeParent(of: target)
        let name = target.last ?? ""
        let result = SystemCall.result { symlinkat(content, parent.number, name) }
        guard result == -EEXIST else {
            try SystemCall.check(result, "symlinkat", target.text, while: "Cannot create a symlink in the sandbox")
            return
        }
        // Something is there, and may be the image's or the host's own: it is covered and not replaced.
        let temporary = nextScratchName()
        let made = SystemCall.result { symlinkat(content, scratch.number, temporary) }
        try SystemCall.check(made, "symlinkat", temporary, while: "Cannot create a symlink")
        let place = mkosi_open(
            scratch.number,
            temporary,
            MKOSI_OPEN_PATH.rawValue | MKOSI_OPEN_NOFOLLOW.rawValue,
            0
        )
        let link = Descriptor(
            owning: try SystemCall.check(place, "openat", temporary, while: "Cannot open a symlink")
        )
        let mount = try Mount.clone(link, name: target.text)
        try tree.attach(mount, at: tree.openItself(name, in: parent, target), target)
    }

    mutating func write(_ content: String, at target: SandboxPath) throws(SandboxError) {
        note("\(content.utf8.count) bytes at \(target.text)")
        _ = try tree.makeFile(target)
        guard let file = try tree.open(target, MKOSI_OPEN_TRUNCATE.rawValue) else {
            throw SandboxError("Cannot write a file of the sandbox", path: target.text, errno: ENOENT)
        }
        try file.write(content, to: target.text)
    }

    private mutating func bindResolver(at target: SandboxPath) throws(SandboxError) {
        guard plan.network == .shared else { return }
        note("resolver configuration at \(target.text)")
        guard let mount = try Mount.clone("/etc/resolv.conf") else { return }
        try Mount.makeReadOnly(mount, name: "/etc/resolv.conf")
        // An image often has a symlink there into /run: it is covered itself, so that the image stays as it is.
        let parent = try tree.makeParent(of: target)
        let name = target.last ?? ""
        if try tree.open(target, MKOSI_OPEN_PATH.rawValue | MKOSI_OPEN_NOFOLLOW.rawValue) == nil {
            _ = try tree.makeFile(target)
        }
        try tree.attach(mount, at: tree.openItself(name, in: parent, target), target)
    }

    mutating func nextScratchName() -> String {
        scratchNames += 1
        return String(scratchNames)
    }
}

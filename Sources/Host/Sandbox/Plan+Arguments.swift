extension Plan {
    /// The arguments that make mkosi-sandbox execute this plan, without the program's name.
    public var arguments: [String] {
        options + ["--"] + command
    }

    /// The arguments without the command, as `--options-from-fd` takes them: each ended by a zero byte.
    public var encodedOptions: String {
        options.map { $0 + "\0" }.joined()
    }

    /// The arguments for a log, which is shown around: without the values of variables and the content of files, in which
    /// there may be passwords.
    public var loggedArguments: [String] {
        var plan = self
        plan.environment = environment.map { change in
            if case .set(let name, _) = change { .set(name: name, value: Self.hidden) } else { change }
        }
        plan.steps = steps.map { step in
            if case .write(_, let target) = step { .write(content: Self.hidden, target: target) } else { step }
        }
        return plan.arguments
    }

    private static let hidden = "***"

    private var options: [String] {
        var words = steps.flatMap(\.arguments)
        words += identity.arguments
        if network == .isolated { words.append("--unshare-net") }
        if suppression.contains(.chown) { words.append("--suppress-chown") }
        if suppression.contains(.sync) { words.append("--suppress-sync") }
        if suppression.contains(.mknod) { words.append("--suppress-mknod") }
        if let hostname { words += ["--hostname", hostname] }
        for change in environment {
            switch change {
            case .set(let name, let value): words += ["--setenv", name, value]
            case .unset(let name): words += ["--unsetenv", name]
            }
        }
        for directory in guardedDirectories { words += ["--guard", directory] }
        if let root { words += ["--chroot", root] }
        switch workingDirectory {
        case .root: break
        case .same: words.append("--same-dir")
        case .path(let path): words += ["--chdir", path]
        }
        if isHardened { words.append("--harden") }
        if forbidsNewPrivileges { words.append("--no-new-privs") }
        if allowsRings { words.append("--allow-io-uring") }
        if sharesProcesses { words.append("--share-pid") }
        if packsDescriptors { words.append("--pack-fds") }
        if isVerbose { words.append("--debug") }
        return words
    }
}

extension Plan.Identity {
    fileprivate var arguments: [String] {
        var words: [String] = []
        if becomesRoot { words.append("--become-root") }
        if ids != .automatic { words += ["--ids", ids.rawValue] }
        if !userNamespace { words.append("--no-userns") }
        if mapsForeignIDs { words.append("--map-foreign") }
        if delegatedRanges > 0 { words += ["--map-delegate", String(delegatedRanges)] }
        return words
    }
}

extension Plan.Step {
    fileprivate var arguments: [String] {
        switch self {
        case .temporary(let system):
            var words: [String] = []
            if let mode = system.mode { words += ["--tmpfs-mode", String(mode, radix: 8)] }
            if let size = system.size { words += ["--tmpfs-size", size] }
            return words + ["--tmpfs", system.target]
        case .devices(let target): return ["--dev", target]
        case .processes(let target): return ["--proc", target]
        case .system(let target): return ["--sys", target]
        case .directory(let target): return ["--dir", target]
        case .bind(let bind): return [bind.option(), bind.source, bind.target]
        case .foreignBind(let bind): return [bind.option(foreign: true), bind.source, bind.target]
        case .symlink(let content, let target): return ["--symlink", content, target]
        case .write(let content, let target): return ["--write", content, target]
        case .overlay(let overlay): return overlay.arguments
        case .resolver(let target): return ["--resolv-conf", target]
        case .targetRoot(let directory): return ["--target-root", directory]
        }
    }
}

extension Plan.Bind {
    /// A bind that is optional and does not follow has no option: such a source is never missing by accident.
    fileprivate func option(foreign: Bool = false) -> String {
        let suffix = foreign ? "-foreign" : !followsSource ? "-nofollow" : isOptional ? "-try" : ""
        return (isReadOnly ? "--ro-bind" : "--bind") + suffix
    }
}

extension Plan.Overlay {
    fileprivate var arguments: [String] {
        var words = lower.flatMap { ["--overlay-lowerdir", $0] }
        switch upper {
        case .none: break
        case .temporary: words += ["--overlay-upperdir", "tmpfs"]
        case .directory(let upper, let work):
            words += ["--overlay-upperdir", upper, "--overlay-workdir", work]
        }
        return words + ["--overlay", target]
    }
}

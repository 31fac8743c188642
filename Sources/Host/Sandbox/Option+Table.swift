extension Option {
    static func named(_ name: String) -> Option? {
        all.first { $0.name == name }
    }

    /// All options, in the order of the help and of the manual page.
    static let all: [Option] = mounts + overlays + identity + confinement + process + general

    private static func bind(
        _ name: String,
        _ summary: String,
        readOnly: Bool = false,
        optional: Bool = false,
        follow: Bool = true,
        foreign: Bool = false
    ) -> Option {
        Option(name, ["SRC", "DST"], summary) { parser, values in
            let bind = Plan.Bind(
                source: values[0],
                target: values[1],
                isReadOnly: readOnly,
                isOptional: optional,
                followsSource: follow
            )
            parser.plan.steps.append(foreign ? .foreignBind(bind) : .bind(bind))
        }
    }

    private static func step(
        _ name: String,
        _ values: [String],
        _ summary: String,
        _ make: @escaping @Sendable ([String]) -> Plan.Step
    ) -> Option {
        Option(name, values, summary) { parser, values in parser.plan.steps.append(make(values)) }
    }

    private static func flag(
        _ name: String,
        _ summary: String,
        _ set: @escaping @Sendable (inout Plan) -> Void
    ) -> Option {
        Option(name, [], summary) { parser, _ in set(&parser.plan) }
    }

    private static let mounts: [Option] = [
        bind("--bind", "bind a path of the host, writable"),
        bind("--bind-try", "the same, if the path exists", optional: true),
        bind("--ro-bind", "bind a path of the host read-only", readOnly: true),
        bind("--ro-bind-try", "the same, if the path exists", readOnly: true, optional: true),
        bind("--bind-nofollow", "bind a symlink itself", follow: false),
        bind("--ro-bind-nofollow", "the same, read-only", readOnly: true, follow: false),
        bind("--bind-foreign", "refused: needs services of systemd", foreign: true),
        bind("--ro-bind-foreign", "refused: needs services of systemd", readOnly: true, foreign: true),
        Option("--tmpfs-mode", ["MODE"], "permissions of the next tmpfs, octal") {
            parser,
            values throws(SandboxError) in
            guard let mode = UInt32(values[0], radix: 8), mode <= 0o7777 else {
                throw SandboxError("The option --tmpfs-mode needs an octal number, not \"\(values[0])\"")
            }
            parser.mode = mode
        },
        Option("--tmpfs-size", ["SIZE"], "size limit of the next tmpfs") { parser, values in parser.size = values[0] },
        Option("--tmpfs", ["DST"], "an empty file system in memory") { parser, values in parser.takeTemporary(values[0])
        },
        step("--dev", ["DST"], "a /dev with the usual nodes") { .devices(target: $0[0]) },
        step("--proc", ["DST"], "a /proc with the processes of the sandbox") { .processes(target: $0[0]) },
        step("--sys", ["DST"], "a /sys without the host's hardware") { .system(target: $0[0]) },
        step("--dir", ["DST"], "a directory") { .directory(target: $0[0]) },
        step("--symlink", ["SRC", "DST"], "a symlink at DST to SRC") { .symlink(content: $0[0], target: $0[1]) },
        step("--write", ["DATA", "DST"], "a file") { .write(content: $0[0], target: $0[1]) },
        step("--resolv-conf", ["DST"], "the resolver configuration of a shared network") { .resolver(target: $0[0]) },
        Option("--guard", ["DIR"], "refuse links on the way to a SRC or layer below DIR") { parser, values in
            parser.plan.guardedDirectories.append(values[0])
        },
        step("--target-root", ["DIR"], "resolve the following DST as if DIR were the root") { .targetRoot($0[0]) },
    ]

    private static let overlays: [Option] = [
        Option("--overlay-lowerdir", ["DIR"], "a layer of the next overlay, the topmost first") { parser, values in
            parser.lower.append(values[0])
        },
        Option("--overlay-upperdir", ["DIR"], "directory for changes, or `tmpfs`") { parser, values in
            parser.upper = values[0]
        },
        Option("--overlay-workdir", ["DIR"], "an empty directory on the file system of the upper one") {
            parser,
            values in
            parser.work = values[0]
        },
        Option("--overlay", ["DST"], "mount the overlay of the preceding directories") {
            parser,
            values throws(SandboxError) in
            try parser.takeOverlay(values[0])
        },
    ]

    private static let identity: [Option] = [
        flag("--become-root", "be user 0") { $0.identity.becomesRoot = true },
        flag("--map-root", "the same") { $0.identity.becomesRoot = true },
        Option("--ids", ["MODE"], "id mapping: auto, root, range or single") {
            parser,
            values throws(SandboxError) in
            guard let ids = Plan.IDs(rawValue: values[0]) else {
                let known = Plan.IDs.allCases.map(\.rawValue).joined(separator: ", ")
                throw SandboxError("The option --ids needs \(known), not \"\(values[0])\"")
            }
            parser.plan.identity.ids = ids
        },
        flag("--no-userns", "create no user namespace; only for root") { $0.identity.userNamespace = false },
        flag("--map-foreign", "map the foreign ids; only for root") { $0.identity.mapsForeignIDs = true },
        Option("--map-delegate", ["N"], "refused: needs services of systemd") { parser, values throws(SandboxError) in
            guard let count = UInt(values[0]) else {
                throw SandboxError("The option --map-delegate needs a number, not \"\(values[0])\"")
            }
            parser.plan.identity.delegatedRanges = count
        },
        flag("--suppress-chown", "make changes of owners succeed without effect") { $0.suppression.insert(.chown) },
        flag("--suppress-sync", "make fsync and similar calls succeed without effect") { $0.suppression.insert(.sync) },
        flag("--suppress-mknod", "make mknod of devices succeed without effect") { $0.suppression.insert(.mknod) },
    ]

    private static let confinement: [Option] = [
        flag("--harden", "lock the mounts, use a separate terminal, refuse risky system calls") {
            $0.isHardened = true
        },
        flag("--no-new-privs", "disable set-user-ID bits and file capabilities") {
            $0.forbidsNewPrivileges = true
        },
        flag("--allow-io-uring", "allow io_uring with --harden") { $0.allowsRings = true },
        flag("--share-pid", "share the PID namespace of the caller") { $0.sharesProcesses = true },
    ]

    private static let process: [Option] = [
        flag("--unshare-net", "use a network with only a loopback interface") { $0.network = .isolated },
        flag("--unshare-ipc", "accepted without effect; there is always an IPC namespace") { _ in },
        Option("--hostname", ["NAME"], "the host name") { parser, values in parser.plan.hostname = values[0]
        },
        Option("--setenv", ["NAME", "VALUE"], "set an environment variable") { parser, values in
            parser.plan.environment.append(.set(name: values[0], value: values[1]))
        },
        Option("--unsetenv", ["NAME"], "unset an environment variable") { parser, values in
            parser.plan.environment.append(.unset(name: values[0]))
        },
        Option("--chroot", ["DIR"], "make a directory of the finished tree the root") { parser, values in
            parser.plan.root = values[0]
        },
        Option("--chdir", ["DIR"], "start in a directory") { parser, values in
            parser.plan.workingDirectory = .path(values[0])
        },
        flag("--same-dir", "start in the directory with the same path as the current one") {
            $0.workingDirectory = .same
        },
        flag("--pack-fds", "move inherited descriptors to 3, 4, … and announce them") { $0.packsDescriptors = true },
    ]

    private static let general: [Option] = [
        Option("--options-from-fd", ["FD"], "read more words, each terminated by a zero byte") {
            parser,
            values throws(SandboxError) in
            try parser.insertWords(from: values[0])
        },
        Option("--probe", [], "print which of root, range and single this user has") { parser, _ in
            parser.action = .probe
        },
        Option("--explain", [], "print what a command with these options could see and do") { parser, _ in
            parser.action = .explain
        },
        flag("--debug", "log each action") { $0.isVerbose = true },
        Option("--version", [], "print the version") { parser, _ in parser.action = .version },
        Option("--help", [], "print this") { parser, _ in parser.action = .help },
    ]
}

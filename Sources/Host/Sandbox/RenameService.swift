internal import CShims
internal import Glibc
internal import System

/// Makes rename(2) of directories work in overlays, and explains why mknod(2) of devices does not: a process of the
/// sandbox that looks at these calls before the kernel does.
///
/// An overlay does not move a directory that has parts in a lower one (EXDEV), unless it may write down where that came
/// from (`redirect_dir`), which the kernel does not do in a user namespace. Programs copy then, or fail. So calls of
/// rename(2) wait until this process has looked at them (seccomp_unotify(2)): it replaces such a directory by one of
/// the same content in the upper directory alone, and the kernel makes the original call.
///
/// No user namespace allows device nodes but 0:0, which an overlay takes for the name of a removed file (a whiteout): the
/// call would succeed without a node. Both fail here, with the reason on the standard error of the command.
struct RenameService: ~Copyable {
    /// The end of the command, by which it hands over what its calls are served by.
    private let socket: Descriptor

    /// Starts the process, to which `processes` shows the processes of the sandbox; `refusesDevices` says that there is a user
    /// namespace, in which the kernel allows no device nodes.
    static func start(
        processes: consuming Descriptor,
        refusesDevices: Bool
    ) throws(SandboxError) -> RenameService {
        var ends: [Int32] = [0, 0]
        let result = mkosi_socket_pair(&ends)
        try SystemCall.check(result, "socketpair", while: "Cannot connect processes of the sandbox")
        let child = mkosi_fork_into(0)
        if child == 0 {
            _ = mkosi_set_death_signal(SIGKILL)
            // Its procfs has no masks: the command must not reach it through /proc.
            _ = mkosi_hide_process()
            close(ends[0])
            let listener = mkosi_receive_descriptor(ends[1])
            if listener >= 0 {
                RenameServer(listener: listener, processes: processes.number, refusesDevices: refusesDevices).run()
            }
            _exit(0)
        }
        close(ends[1])
        try SystemCall.check(child, "fork", while: "Cannot start a process of the sandbox")
        return RenameService(socket: Descriptor(owning: ends[0]))
    }

    private init(socket: consuming Descriptor) { self.socket = socket }

    /// Registers the calling process, and all its children, to be served from now on.
    ///
    /// Where calls are served already, by a sandbox around this one, that one does it.
    func serveCaller() {
        let listener = mkosi_watch_calls()
        guard listener >= 0 else { return }
        _ = mkosi_send_descriptor(socket.number, listener)
        close(listener)
    }
}

/// The process that answers.
private struct RenameServer {
    let listener: Int32
    let processes: Int32
    let refusesDevices: Bool

    /// Flags of renameat2(2).
    private static let noReplace: UInt32 = 1
    private static let exchange: UInt32 = 2

    /// Serves calls until no process is left that could make one.
    func run() {
        var call = mkosi_call()
        while true {
            var state = pollfd(fd: listener, events: Int16(POLLIN), revents: 0)
            guard poll(&state, 1, -1) >= 0 || errno == EINTR else { return }
            if state.revents & Int16(POLLIN) == 0 {
                if state.revents & Int16(POLLHUP | POLLERR | POLLNVAL) != 0 { return }
                continue
            }
            guard mkosi_next_call(listener, &call) == 0 else { continue }
            if call.is_device, refuses(&call) {
                _ = mkosi_refuse_call(listener, call.id, EPERM)
                continue
            }
            if !call.is_device { prepare(&call) }
            _ = mkosi_continue_call(listener, call.id)
        }
    }

    /// Looks at a call as its caller does, from the caller's root and working directory.
    private func prepare(_ call: inout mkosi_call) {
        let old = Self.bytes(&call.old_path)
        let new = Self.bytes(&call.new_path)
        guard old.count > 1, new.count > 1, enter("root", of: call.thread), chroot(".") == 0 else { return }
        guard let source = place(old, from: call.old_directory, of: call.thread), source.exists else { return }
        let isExchange = call.flags & Self.exchange != 0
        if !source.isDirectory, !isExchange { return }
        if let target = place(new, from: call.new_directory, of: call.thread), target.exists {
            if isExchange {
                if target.isDirectory { DirectoryMove.prepare(target.name, in: target.parent.number) }
            } else if call.flags & Self.noReplace != 0 || !target.isDirectory {
                // The kernel refuses these before it asks the overlay.
                return
            }
        }
        if source.isDirectory { DirectoryMove.prepare(source.name, in: source.parent.number) }
    }

    /// Says why a device cannot be made, unless the kernel makes it or has another reason.
    private func refuses(_ call: inout mkosi_call) -> Bool {
        let path = Self.bytes(&call.old_path)
        guard path.count > 1, enter("root", of: call.thread), chroot(".") == 0,
            let place = place(path, from: call.old_directory, of: call.thread), !place.exists
        else { return false }
        let isWhiteout = call.device == 0
        guard isWhiteout || refusesDevices else { return false }
        // Everywhere else it may become a layer of an overlay: the plain directory of a tree does at the next step.
        if isWhiteout, mkosi_is_in_memory(place.parent.number) == 1 { return false }
        let name = String(decoding: path.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        Program.say(
            isWhiteout
                ? "Cannot create the device node 0:0 at \(name): an overlay takes it for a removed file"
                : "Cannot create the device node \(name): the kernel does not allow that in a user namespace"
        )
        return true
    }

    private func enter(_ link: String, of thread: pid_t) -> Bool {
        let directory = mkosi_open(processes, "\(thread)/\(link)", MKOSI_OPEN_PATH.rawValue, 0)
        guard directory >= 0 else { return false }
        defer { close(directory) }
        return fchdir(directory) == 0
    }

    private func place(_ path: [CChar], from directory: Int32, of thread: pid_t) -> RenamePlace? {
        let start = path[0] == CChar(UInt8(ascii: "/")) ? "root" : directory == AT_FDCWD ? "cwd" : "fd/\(directory)"
        return enter(start, of: thread) ? RenamePlace.find(path) : nil
    }

    private static func bytes<Text>(_ text: inout Text) -> [CChar] {
        withUnsafeBytes(of: &text) { $0.prefix { $0 != 0 }.map { CChar(bitPattern: $0) } + [0] }
    }
}

/// A path of a call, below the working directory: an open directory and a name in it.
private struct RenamePlace: ~Copyable {
    let parent: Descriptor
    let name: [CChar]
    /// 0 where nothing is there.
    private let mode: mode_t

    private init(parent: consuming Descriptor, name: [CChar], mode: mode_t) {
        self.parent = parent
        (self.name, self.mode) = (name, mode)
    }

    static func find(_ path: [CChar]) -> RenamePlace? {
        let slash = CChar(UInt8(ascii: "/"))
        var text = Array(path.dropLast())
        while text.count > 1, text.last == slash { text.removeLast() }
        let end = text.lastIndex(of: slash)
        let directory = end.map { text[..<max($0, 1)] + [0] } ?? [CChar(UInt8(ascii: ".")), 0]
        let name = Array(text[(end.map { $0 + 1 } ?? 0)...]) + [0]
        guard name.count > 1, name != [46, 0], name != [46, 46, 0] else { return nil }
        let opened = mkosi_open(AT_FDCWD, Array(directory), MKOSI_OPEN_DIRECTORY.rawValue, 0)
        guard opened >= 0 else { return nil }
        let parent = Descriptor(owning: opened)
        var status = stat()
        let exists = fstatat(parent.number, name, &status, AT_SYMLINK_NOFOLLOW) == 0
        return RenamePlace(parent: parent, name: name, mode: exists ? status.st_mode : 0)
    }

    var exists: Bool { mode != 0 }
    var isDirectory: Bool { mode & S_IFMT == S_IFDIR }
}

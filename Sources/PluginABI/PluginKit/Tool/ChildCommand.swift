import Glibc
import JSON
public import PluginWire
import System

/// A program that a plugin's tool runs inside the sandbox, and whose output it reads line by line.
public struct ChildCommand {
    /// The program, looked up in the child's `PATH` unless it contains a slash, and its arguments.
    public var arguments: [String]
    /// All variables of the child: nothing is inherited.
    public var environment: [String: String]
    /// Called with each line of standard output and standard error.
    public var onLine: (String) -> Void = { _ in }
    /// Returns true if a line shows that going on is of no use; the program is then told to end.
    public var isHopeless: (String) -> Bool = { _ in false }
    /// A further pipe of the child, and what to do with each line on it.
    public var status: (descriptor: Int32, onLine: (String) -> Void)?
    /// True if standard error is kept apart and goes where the tool's own goes.
    public var separatesErrors = false
    /// Open files that the program gets under the numbers that they have here.
    public var inherited: [Int32] = []

    public init(
        arguments: [String],
        environment: [String: String],
        onLine: @escaping (String) -> Void = { _ in },
        isHopeless: @escaping (String) -> Bool = { _ in false },
        status: (descriptor: Int32, onLine: (String) -> Void)? = nil,
        separatesErrors: Bool = false,
        inherited: [Int32] = []
    ) {
        self.arguments = arguments
        self.environment = environment
        self.onLine = onLine
        self.isHopeless = isHopeless
        self.status = status
        self.separatesErrors = separatesErrors
        self.inherited = inherited
    }

    /// Runs the program and waits for its end.
    ///
    /// - Returns: The exit status, or 128 plus the number of the signal that ended it.
    /// - Throws: An internal error if the program cannot be started.
    public func run() throws(ErrorObject) -> Int32 {
        var output = try ChildPipe()
        var further = try ChildPipe()
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        // The tree may lack /dev/null while its first files are unpacked; a pipe without a writer reads as empty.
        var empty = try ChildPipe()
        empty.writer = nil
        posix_spawn_file_actions_adddup2(&actions, empty.readEnd, STDIN_FILENO)
        posix_spawn_file_actions_adddup2(&actions, output.writeEnd, STDOUT_FILENO)
        if !separatesErrors { posix_spawn_file_actions_adddup2(&actions, output.writeEnd, STDERR_FILENO) }
        if let status { posix_spawn_file_actions_adddup2(&actions, further.writeEnd, status.descriptor) }
        // The same number twice: the file is open in the program, whatever it was marked with here.
        for descriptor in inherited { posix_spawn_file_actions_adddup2(&actions, descriptor, descriptor) }
        let child = try spawn(&actions)
        empty.reader = nil
        output.writer = nil
        further.writer = nil
        var readers = [
            Lines(output.readEnd) { line in
                onLine(line)
                if isHopeless(line) { kill(child, SIGTERM) }
            }
        ]
        if let status { readers.append(Lines(further.readEnd, status.onLine)) }
        let status = Self.read(&readers, until: child)
        output.reader = nil
        further.reader = nil
        return status
    }

    private func spawn(_ actions: inout posix_spawn_file_actions_t) throws(ErrorObject) -> pid_t {
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // An ignored signal stays ignored after exec.
        var defaults = sigset_t()
        sigemptyset(&defaults)
        sigaddset(&defaults, SIGPIPE)
        posix_spawnattr_setsigdefault(&attributes, &defaults)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF))
        var child = pid_t()
        let words = CStringArray(arguments)
        let variables = CStringArray(environment.map { "\($0.key)=\($0.value)" }.sorted())
        let result = words.withPointers { argv in
            variables.withPointers { envp in
                // The path is the child's: the tool's own may be that of another tree.
                argv[0].map { posix_spawnp(&child, $0, &actions, &attributes, argv, envp) } ?? EINVAL
            }
        }
        if result != 0 {
            throw ErrorObject.system("run", arguments.first ?? "nothing", number: result)
        }
        return child
    }

    /// The interval in which the end of the program is checked while something it has started keeps a pipe open.
    private static let intervalMilliseconds: Int32 = 100

    /// Reads until every pipe is at its end, or the program has ended, and returns its status.
    ///
    /// A service that a maintainer script has left in the background has the pipes open as long as it runs: it is ended
    /// with the sandbox, and nothing that it writes is waited for.
    private static func read(_ readers: inout [Lines], until child: pid_t) -> Int32 {
        while readers.contains(where: { !$0.isAtEnd }) {
            if let status = wait(for: child, WNOHANG) {
                // What the program itself has written is in the pipes by now; a talkative service is cut off.
                for _ in 0..<lastReads where poll(&readers, 0) {}
                for index in readers.indices { readers[index].finish() }
                return status
            }
            _ = poll(&readers, intervalMilliseconds)
        }
        return wait(for: child, 0) ?? 127
    }

    /// More than what a pipe holds, in reads.
    private static let lastReads = 64

    /// Reads what arrives within some time; false if nothing does.
    private static func poll(_ readers: inout [Lines], _ milliseconds: Int32) -> Bool {
        var polls = readers.filter { !$0.isAtEnd }.map {
            pollfd(fd: $0.descriptor, events: Int16(POLLIN), revents: 0)
        }
        guard !polls.isEmpty, Glibc.poll(&polls, nfds_t(polls.count), milliseconds) > 0 else { return false }
        for entry in polls where entry.revents != 0 {
            for index in readers.indices where readers[index].descriptor == entry.fd { readers[index].read() }
        }
        return true
    }

    /// The status of the program, as in a shell; nil while it runs, if it is only polled.
    private static func wait(for child: pid_t, _ options: Int32) -> Int32? {
        var status: Int32 = 0
        while true {
            let ended = waitpid(child, &status, options)
            if ended == 0 { return nil }
            if ended > 0 { break }
            if errno != EINTR { return 127 }
        }
        let signal = status & 0x7F
        return signal == 0 ? (status >> 8) & 0xFF : 128 + signal
    }
}

/// Splits what a pipe gives into lines.
private struct Lines {
    let descriptor: Int32
    let onLine: (String) -> Void
    var isAtEnd = false
    private var lines = LineBuffer()

    init(_ descriptor: Int32, _ onLine: @escaping (String) -> Void) {
        self.descriptor = descriptor
        self.onLine = onLine
    }

    mutating func read() {
        var reason: Int32 = 0
        let count = lines.append(1 << 14) { buffer in
            let count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
            reason = errno
            return count
        }
        if count < 0, reason == EINTR || reason == EAGAIN { return }
        while let line = lines.next() { onLine(String(decoding: line, as: UTF8.self)) }
        if count <= 0 { finish() }
    }

    /// Passes on what has come after the last line feed.
    mutating func finish() {
        let rest = lines.takeRest()
        if !rest.isEmpty { onLine(String(decoding: rest, as: UTF8.self)) }
        isAtEnd = true
    }
}

/// Both ends of a pipe, each of which is closed as soon as it is not needed any more.
private struct ChildPipe: ~Copyable {
    var reader: Descriptor?
    var writer: Descriptor?
    let readEnd: Int32
    let writeEnd: Int32

    init() throws(ErrorObject) {
        let (output, input) = try Self.open()
        (readEnd, writeEnd) = (output, input)
        reader = Descriptor(owning: output)
        writer = Descriptor(owning: input)
    }

    /// Opens both ends above the numbers that a child is given, so that none of them is overwritten on the way.
    private static func open() throws(ErrorObject) -> (Int32, Int32) {
        do throws(SystemCallError) {
            let ends = try Descriptor.pipe()
            let (output, input) = (ends.reader.number, ends.writer.number)
            let reader = Descriptor(owning: try systemCall("fcntl") { fcntl(output, F_DUPFD_CLOEXEC, 20) })
            let writer = try systemCall("fcntl") { fcntl(input, F_DUPFD_CLOEXEC, 20) }
            return (reader.release(), writer)
        } catch {
            throw ErrorObject.system("make", "a pipe", number: error.errno)
        }
    }
}

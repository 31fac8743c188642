import Execution
import Glibc
import Support
import System
import Testing

/// Children end with the process that has started them, and no earlier.
@Suite struct ChildProcessTests {
    private static func start(_ seconds: String) throws -> ChildProcess {
        try ChildProcess(
            ChildProcess.Plan(
                path: #require(Paths.findProgram("sleep")),
                arguments: [seconds],
                environment: [],
                descriptors: [0, 1, 2]
            )
        )
    }

    /// prctl(2): the kernel sends PR_SET_PDEATHSIG when the thread ends that has forked.
    @Test("A child goes on after the thread that has started it")
    func childrenOutliveThreads() throws {
        let started = Monitor<[(pid: CInt, pidfd: CInt)]>([])
        for _ in 0..<4 {
            let thread = try WorkerThread {
                guard let child = try? Self.start("30") else { return }
                // Not released here: that would kill it.
                let copy = dup(child.pidfd)
                started.withLock { $0.append((child.pid, copy)) }
                Self.keep(child)
            }
            thread.join()
        }
        let children = started.withLock { $0 }
        #expect(children.count == 4)
        usleep(50_000)
        for child in children {
            var entry = pollfd(fd: child.pidfd, events: Int16(POLLIN), revents: 0)
            #expect(poll(&entry, 1, 0) == 0, "the child ended with the thread")
            kill(child.pid, SIGKILL)
            while waitpid(child.pid, nil, 0) < 0, errno == EINTR {}
            close(child.pidfd)
        }
    }

    @Test("A child ends with its process, whichever thread has started it")
    func childrenEndWithTheProcess() async throws {
        let result = await #expect(processExitsWith: .signal(SIGKILL), observing: [\.standardOutputContent]) {
            let thread = try WorkerThread {
                guard let child = try? Self.start("30") else { return }
                print(child.pid)
                fflush(nil)
                Self.keep(child)
            }
            thread.join()
            kill(getpid(), SIGKILL)
        }
        let output = String(decoding: try #require(result).standardOutputContent, as: UTF8.self)
        let pid = try #require(CInt(output.filter(\.isNumber)))
        var isGone = false
        for _ in 0..<200 where !isGone {
            isGone = kill(pid, 0) != 0
            usleep(10_000)
        }
        #expect(isGone)
    }

    /// Leaves a child running; its owner would kill it.
    private static func keep(_ child: consuming ChildProcess) {
        let place = UnsafeMutablePointer<ChildProcess>.allocate(capacity: 1)
        place.initialize(to: child)
    }
}

import Configuration
import Execution
import Glibc
import Support
import Synchronization
import System
import Testing

@testable import Builder

/// What happened, in its order.
private final class Record: Sendable {
    private let words = Mutex<[String]>([])
    private let running = Mutex((now: 0, most: 0))

    func note(_ word: String) { words.withLock { $0.append(word) } }
    var all: [String] { words.withLock { $0 } }
    var most: Int { running.withLock { $0.most } }

    func begin() {
        running.withLock {
            $0.now += 1
            $0.most = max($0.most, $0.now)
        }
    }
    func end() { running.withLock { $0.now -= 1 } }
}

@Suite struct ImageSchedulerTests {
    private func scheduler(
        _ needs: [ImageSchedule.Needs],
        jobs: Int,
        _ cancellation: Cancellation
    ) -> ImageScheduler {
        ImageScheduler(
            names: needs.indices.map { "image\($0)" },
            schedule: ImageSchedule(needs: needs),
            budget: JobBudget(jobs),
            cancellation: cancellation
        )
    }

    @Test("Images that wait for no other are built at once, as many as there are jobs", arguments: [1, 2, 5])
    func together(_ jobs: Int) throws {
        let record = Record()
        let scheduler = scheduler(Array(repeating: .init(), count: 8), jobs: jobs, try Cancellation())
        try scheduler.run { index, _ in
            record.begin()
            usleep(30_000)
            record.end()
            record.note("\(index)")
        }
        #expect(record.most == jobs)
        #expect(record.all.sorted() == (0..<8).map(String.init))
        if jobs == 1 { #expect(record.all == (0..<8).map(String.init)) }
    }

    @Test("An image begins when all that it needs are done", arguments: [1, 4])
    func order(_ jobs: Int) throws {
        let record = Record()
        let needs: [ImageSchedule.Needs] = [.init(), .init(start: [0]), .init(), .init(start: [1, 2])]
        try scheduler(needs, jobs: jobs, try Cancellation()).run { index, _ in
            record.note("begin \(index)")
            usleep(index == 2 ? 1000 : 20_000)
            record.note("end \(index)")
        }
        let all = record.all
        for (index, needs) in needs.enumerated() {
            for other in needs.start {
                let end = all.firstIndex(of: "end \(other)") ?? .max
                #expect(end < all.firstIndex(of: "begin \(index)") ?? -1, "\(all)")
            }
        }
    }

    @Test("What is needed at the end alone is made meanwhile, whatever jobs there are", arguments: [1, 2])
    func parts(_ jobs: Int) throws {
        let record = Record()
        let needs: [ImageSchedule.Needs] = [.init(), .init(assembly: [0, 2]), .init()]
        try scheduler(needs, jobs: jobs, try Cancellation()).run { index, gate throws(Failure) in
            record.note("begin \(index)")
            usleep(10_000)
            try gate()
            record.note("end \(index)")
        }
        #expect(record.all.last == "end 1", "\(record.all)")
        if jobs == 2 { #expect(Set(record.all.prefix(2)) == ["begin 0", "begin 1"]) }
    }

    @Test("The first failure stops the others, also one that waits, and names its image")
    func failure() throws {
        let record = Record()
        let cancellation = try Cancellation()
        let needs: [ImageSchedule.Needs] = [.init(), .init(), .init(assembly: [0]), .init(start: [0])]
        let failure = #expect(throws: Failure.self) {
            try scheduler(needs, jobs: 3, cancellation).run { index, gate throws(Failure) in
                switch index {
                case 0:
                    usleep(30_000)
                    throw Failure(.command, "it broke", hint: "mend it")
                case 1:
                    while !cancellation.isCancelled { usleep(1000) }
                    try cancellation.check()
                case 2: try gate()
                default: break
                }
                record.note("\(index)")
            }
        }
        #expect(failure?.description == "Cannot build the image image0: it broke")
        #expect(failure?.firstHint == "mend it")
        #expect(failure?.code == .command)
        #expect(record.all.isEmpty)
    }

    @Test("A user who gives up is told nothing of an image")
    func cancelled() throws {
        let cancellation = try Cancellation()
        let failure = #expect(throws: Failure.self) {
            try scheduler([.init(), .init()], jobs: 2, cancellation).run { index, _ throws(Failure) in
                if index == 0 { cancellation.cancel() }
                while true { try cancellation.check() }
            }
        }
        #expect(failure?.code == .cancelled)
        #expect(failure?.description == "The build was cancelled")
    }

    @Test("A step may borrow the jobs that no image needs, and gives them back")
    func budget() throws {
        let budget = JobBudget(4)
        try budget.withJob(rank: 0) { () throws(Failure) in
            let shares = try budget.share { whole throws(Failure) in
                [whole, try budget.share { rest throws(Failure) in rest }]
            }
            #expect(shares == [4, 1])
            #expect(try budget.share { jobs throws(Failure) in jobs } == 4)
            try budget.withJob(rank: 1) { () throws(Failure) in
                #expect(try budget.share { jobs throws(Failure) in jobs } == 3)
            }
        }
    }

    @Test("A job that is borrowed is in use: the next image waits for it")
    func borrowed() throws {
        let budget = JobBudget(2)
        let record = Record()
        let thread = try WorkerThread {
            while record.all.isEmpty { usleep(1000) }
            try? budget.withJob(rank: 1) { () throws(Failure) in record.note("second") }
        }
        try budget.withJob(rank: 0) { () throws(Failure) in
            try budget.share { jobs throws(Failure) in
                record.note("share \(jobs)")
                usleep(50_000)
                record.note("end")
            }
            thread.join()
        }
        #expect(record.all == ["share 2", "end", "second"])
    }
}

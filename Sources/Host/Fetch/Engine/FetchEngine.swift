internal import CCurl
public import FetchWire
internal import Glibc

/// Brings every item of a plan into its place, in one thread, with many transfers at once.
///
/// Files that are there already are checked by `Checker` in the meantime.
public final class FetchEngine {
    /// The end of a run.
    public enum Ending: Sendable {
        case complete
        case someFailed
        /// The parent went away.
        case abandoned
    }

    let plan: FetchPlan
    let tasks: [FetchTask]
    private let multi: UnsafeMutableRawPointer
    private let checker: Checker
    private var meter: Meter
    /// Biggest first, so that no long transfer is left for the end.
    private var queue: [FetchTask] = []
    /// True if something changed that may let a queued task start.
    private var mayStart = false
    /// Waiting for their time.
    private var paused: [FetchTask] = []
    private var transfers: [UnsafeMutableRawPointer: Transfer] = [:]
    /// Handles of libcurl without work.
    private var idle: [UnsafeMutableRawPointer] = []
    /// Tasks that the checker has.
    private var checking = 0

    /// Prepares a run; `output` gets the events.
    public init(_ plan: FetchPlan, output: Int32) throws {
        self.plan = plan
        curl_global_init(Int(CURL_GLOBAL_DEFAULT))
        guard let multi = curl_multi_init() else {
            throw FetchFailure("cannot allocate memory for downloads", remedy: .none)
        }
        self.multi = multi
        checker = try Checker()
        tasks = plan.items.enumerated().map { FetchTask(index: $0.offset, item: $0.element) }
        meter = Meter(EventWriter(descriptor: output), items: plan.items)
        let parallel = max(plan.parallel, 1)
        mkosi_curl_multi_set_number(multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, parallel)
        mkosi_curl_multi_set_number(multi, CURLMOPT_MAXCONNECTS, parallel)
    }

    deinit {
        for (handle, _) in transfers {
            curl_multi_remove_handle(multi, handle)
            curl_easy_cleanup(handle)
        }
        for handle in idle { curl_easy_cleanup(handle) }
        curl_multi_cleanup(multi)
        checker.stop()
    }

    /// Works until every item is in place or has failed.
    public func run() -> Ending {
        for task in tasks {
            if access(task.item.path, F_OK) == 0 {
                check(task)
            } else {
                queue.append(task)
            }
        }
        sortQueue()
        mayStart = true
        while hasWork {
            startTransfers()
            var running: Int32 = 0
            curl_multi_perform(multi, &running)
            collectTransfers()
            meter.showProgress(of: tasks)
            // Without work there is nothing that could end the wait.
            if meter.isAbandoned || hasWork && wait() { return .abandoned }
        }
        meter.end(tasks)
        if meter.isAbandoned { return .abandoned }
        return meter.failed == 0 ? .complete : .someFailed
    }

    private var hasWork: Bool {
        checking > 0 || !queue.isEmpty || !paused.isEmpty || !transfers.isEmpty
    }

    private func enqueue(_ tasks: [FetchTask]) {
        queue.append(contentsOf: tasks)
        sortQueue()
        mayStart = true
    }

    private func sortQueue() {
        queue.sort { ($1.item.size ?? 0, $0.index) < ($0.item.size ?? 0, $1.index) }
    }

    /// Waits for the network, for the checker and for the parent; true when the parent is gone.
    private func wait() -> Bool {
        var descriptors = [curl_waitfd(fd: checker.descriptor, events: Int16(CURL_WAIT_POLLIN), revents: 0)]
        if plan.watchInput {
            descriptors.append(curl_waitfd(fd: 0, events: Int16(CURL_WAIT_POLLIN), revents: 0))
        }
        let now = Meter.now()
        var timeout = transfers.isEmpty ? 1000.0 : 100.0
        for task in paused { timeout = min(timeout, max((task.earliest - now) * 1000, 1)) }
        if mayStart { timeout = 0 }
        curl_multi_poll(multi, &descriptors, UInt32(descriptors.count), Int32(timeout), nil)
        if descriptors[0].revents != 0 {
            for (index, outcome) in checker.takeResults() { finishCheck(tasks[index], outcome) }
        }
        if descriptors.count > 1, descriptors[1].revents != 0 {
            var byte: UInt8 = 0
            // Anything else that the parent may say has no meaning.
            return read(0, &byte, 1) == 0
        }
        return false
    }

    /// Returns true if a task's server has as many transfers as it is to have.
    private func isBusy(_ task: FetchTask) -> Bool {
        guard let url = task.location, url.scheme != .file else { return false }
        return transfers.values.count { $0.url.host == url.host } >= max(plan.parallelPerHost, 1)
    }

    private func startTransfers() {
        let now = Meter.now()
        if paused.contains(where: { $0.earliest <= now }) {
            enqueue(paused.filter { $0.earliest <= now })
            paused.removeAll { $0.earliest <= now }
        }
        guard mayStart else { return }
        mayStart = false
        while transfers.count < max(plan.parallel, 1), let next = queue.firstIndex(where: { !isBusy($0) }) {
            start(queue.remove(at: next))
        }
    }

    private func start(_ task: FetchTask) {
        guard let text = task.url else {
            return fail(task, FetchFailure("\(task.item.fileName) has no URL to download it from", remedy: .none))
        }
        guard let url = task.location else {
            let hint = "Use a URL that begins with http:, https: or file:///"
            return retry(
                task,
                after: FetchFailure(
                    "cannot fetch \(task.item.fileName) from \"\(text)\": not a supported URL",
                    hint: hint,
                    remedy: .otherURL
                )
            )
        }
        if url.scheme == .file {
            // The checker locks the part file itself.
            task.part = nil
            checking += 1
            return checker.submit(Checker.Job(index: task.index, item: task.item, source: url))
        }
        do throws(FetchFailure) {
            guard let part = try openPart(of: task) else { return }
            if let size = task.item.size, size > 0, part.size == size { return complete(task, part, url) }
            guard let handle = idle.popLast() ?? curl_easy_init() else {
                throw FetchFailure("cannot allocate memory for downloads", remedy: .none)
            }
            if part.size > 0 { task.isPieced = true }
            transfers[handle] = Transfer(task: task, url: url, part: part, handle: handle, plan: plan)
            curl_multi_add_handle(multi, handle)
        } catch {
            fail(task, error)
        }
    }

    /// The task's part file, locked; nil when another run has it or has just brought the file.
    private func openPart(of task: FetchTask) throws(FetchFailure) -> PartFile? {
        if let part = task.part { return part }
        guard let part = try PartFile.open(for: task.item.path, waits: false) else {
            task.earliest = Meter.now() + 0.2
            paused.append(task)
            return nil
        }
        // It was not there when this run began: another one brought it.
        if access(task.item.path, F_OK) == 0 {
            switch CachedFile.check(task.item) {
            case .good(let bytes, let digest):
                unlink(part.partPath)
                finish(task, .cached, bytes: bytes, url: nil, digest: digest)
                return nil
            case .failed(let failure): throw failure
            case .missing, .wrong: break
            }
        }
        try part.resume(expectedSize: task.item.size, hasDigest: task.item.sha256 != nil)
        task.part = part
        return part
    }

    /// Takes the transfers that ended out of libcurl.
    private func collectTransfers() {
        var result = CURLE_OK
        while let handle = mkosi_curl_next_done(multi, &result) {
            guard let transfer = transfers.removeValue(forKey: handle) else { continue }
            let failure = transfer.conclude(result)
            let pause = Int(mkosi_curl_retry_after(handle))
            curl_multi_remove_handle(multi, handle)
            curl_easy_reset(handle)
            idle.append(handle)
            mayStart = true
            meter.received += transfer.received
            if let failure {
                retry(transfer.task, after: failure, retryAfter: pause)
            } else {
                complete(transfer.task, transfer.part, transfer.url)
            }
        }
        meter.underway = transfers.values.reduce(0) { $0 + $1.received }
    }

    /// Checks a part file that is whole and moves it into its place.
    private func complete(_ task: FetchTask, _ part: PartFile, _ url: FetchURL) {
        do {
            let digest = part.finishDigest()
            if let expected = task.item.sha256, digest != expected.lowercased() {
                let wasPieced = task.isPieced || part.resumed > 0
                try part.restart()
                task.isPieced = false
                if wasPieced, !task.wasFetchedWhole {
                    // The pieces may be of different files, or the old one was damaged: once more, in one piece.
                    task.wasFetchedWhole = true
                    return enqueue([task])
                }
                let failure = FetchFailure.digest(task.item.fileName, from: url.shown, is: digest, expected: expected)
                return retry(task, after: failure)
            }
            try part.moveIntoPlace()
            placed(task, bytes: part.size, url: url.shown, digest: digest)
        } catch {
            fail(task, error)
        }
    }

    private func retry(_ task: FetchTask, after failure: FetchFailure, retryAfter: Int = 0) {
        let now = Meter.now()
        guard task.note(failure, plan: plan, retryAfter: retryAfter, now: now) else {
            return fail(task, task.failure ?? failure)
        }
        task.dropPart()
        if task.earliest > now {
            paused.append(task)
        } else {
            enqueue([task])
        }
    }

    private func check(_ task: FetchTask) {
        checking += 1
        checker.submit(Checker.Job(index: task.index, item: task.item))
    }

    private func finishCheck(_ task: FetchTask, _ outcome: Checker.Outcome) {
        checking -= 1
        switch outcome {
        case .checked(.good(let bytes, let digest)):
            let url = task.placedFrom
            finish(task, url == nil ? .cached : .fetched, bytes: bytes, url: url, digest: digest)
        case .checked(.failed(let failure)):
            fail(task, failure)
        case .copied(let bytes, let digest):
            meter.received += bytes
            placed(task, bytes: bytes, url: task.url ?? "", digest: digest)
        case .failed(let failure):
            retry(task, after: failure)
        case .checked(let state):
            if case .wrong(let sentence) = state {
                // It was whole a moment ago: whoever writes to the cache would do it again.
                if task.placedFrom != nil { return fail(task, FetchFailure(sentence, remedy: .none)) }
                meter.warn(task, "\(sentence); downloading it again")
                if unlink(task.item.path) != 0, errno != ENOENT {
                    return fail(task, FetchFailure(cannot: "remove", task.item.path))
                }
            }
            enqueue([task])
        }
    }

    /// The file is in the cache; where a copy is wanted, the checker makes it.
    private func placed(_ task: FetchTask, bytes: Int, url: String, digest: String) {
        guard task.item.copy != nil else { return finish(task, .fetched, bytes: bytes, url: url, digest: digest) }
        task.part = nil
        task.placedFrom = url
        check(task)
    }

    private func finish(
        _ task: FetchTask,
        _ state: FetchEvent.Item.State,
        bytes: Int,
        url: String?,
        digest: String?
    ) {
        task.part = nil
        task.finalBytes = bytes
        meter.report(FetchEvent.Item(id: task.item.id, state: state, bytes: bytes, url: url, sha256: digest))
    }

    private func fail(_ task: FetchTask, _ failure: FetchFailure) {
        // An empty part file is of no use to the next run.
        task.dropPart()
        task.finalBytes = 0
        var event = FetchEvent.Item(id: task.item.id, state: .failed, bytes: 0, url: task.item.urls.last)
        event.message = failure.message
        event.hint = failure.hint
        meter.report(event)
    }
}

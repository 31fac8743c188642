public import Support
import Synchronization
import System

/// Makes events of what a build does, and hands each of them to the consumers.
///
/// All methods may be called from any thread.
public final class EventReporter: Sendable {
    private let consumers: [any EventConsumer]
    /// True if debug messages and the output of commands are reported.
    public let isDebug: Bool
    private let image: String?
    private let isLabelled: Bool
    private let shared: Shared

    /// The state of a build, shared by the reporters of its images.
    private final class Shared: Sendable {
        let lastTask = Atomic(0)
        /// Held while a command has the terminal.
        let terminal = Mutex(())
        /// The time at which the build started; nil before.
        let start = Mutex<ContinuousClock.Instant?>(nil)
    }

    public init(_ consumers: [any EventConsumer], isDebug: Bool = false) {
        self.consumers = consumers
        self.isDebug = isDebug
        image = nil
        isLabelled = false
        shared = Shared()
    }

    private init(_ reporter: EventReporter, image: String, isLabelled: Bool) {
        consumers = reporter.consumers
        isDebug = reporter.isDebug
        shared = reporter.shared
        self.image = image
        self.isLabelled = isLabelled
    }

    /// The reporter of an image that is built alone.
    public func reporter(of image: String) -> EventReporter { EventReporter(self, image: image, isLabelled: false) }

    /// The reporter of one of several images: readable lines begin with its name.
    public func labelled(_ image: String) -> EventReporter { EventReporter(self, image: image, isLabelled: true) }

    public func send(_ content: BuildEvent.Content) {
        let event = BuildEvent(content, image: image, isLabelled: isLabelled)
        for consumer in consumers { consumer.consume(event) }
    }

    /// Leaves the terminal to a command that a person talks to while `body` runs.
    ///
    /// Of several such commands one runs at a time.
    public func suspended<Result, Problem: Error>(
        _ body: () throws(Problem) -> Result
    ) throws(Problem) -> Result {
        try shared.terminal.withLock { _ throws(Problem) in
            for consumer in consumers { consumer.suspend() }
            defer { for consumer in consumers { consumer.resume() } }
            return try body()
        }
    }

    // MARK: - The build

    public func buildStarted(verb: String, images: [String]) {
        shared.start.withLock { $0 = .now }
        send(.buildStarted(verb: verb, images: images))
    }

    /// Reports the end of the build, if there was one, and of all events.
    public func finish(status: Int) {
        if let start = shared.start.withLock({ $0.take() }) {
            // As of a shell: 128 and the number of the signal.
            let outcome: BuildEvent.Outcome = status == 0 ? .success : status > 128 ? .cancelled : .failure
            send(.buildFinished(outcome, status: status, duration: start.duration(to: .now)))
        }
        for consumer in consumers { consumer.finish() }
    }

    /// Reports the start and the end of the build of this reporter's image.
    public func imageBuild<Result>(
        title: String? = nil,
        _ body: () throws(Failure) -> Result
    ) throws(Failure) -> Result {
        send(.imageStarted(title: title))
        let start = ContinuousClock.now
        do throws(Failure) {
            let result = try body()
            send(.imageFinished(.success, duration: start.duration(to: .now), title: title))
            return result
        } catch {
            send(.imageFinished(error.outcome, duration: start.duration(to: .now), title: title))
            throw error
        }
    }

    /// Reports the run of a step as `mkosi plan` lists it.
    public func step<Result>(
        _ step: BuildEvent.StepID,
        because reason: BuildEvent.Reason,
        _ body: () throws(Failure) -> Result
    ) throws(Failure) -> Result {
        send(.stepStarted(step, reason))
        let start = ContinuousClock.now
        do throws(Failure) {
            let result = try body()
            send(.stepFinished(step, .success, duration: start.duration(to: .now)))
            return result
        } catch {
            send(.stepFinished(step, error.outcome, duration: start.duration(to: .now)))
            throw error
        }
    }

    /// True if a consumer wants digests of outputs.
    public var wantsDigests: Bool { consumers.contains { $0.wantsDigests } }

    // MARK: - Tasks and messages

    /// Starts a task, which people see as a line; it ends with `Step.finish` or `Step.fail`.
    ///
    /// `name` is a word for programs, such as `install`.
    public func begin(_ title: String, _ name: String) -> Step {
        let id = shared.lastTask.add(1, ordering: .relaxed).newValue
        send(.taskStarted(id: id, name: name, title: title))
        return Step(reporter: self, id: id)
    }

    public func log(_ level: BuildEvent.Level, _ message: String) {
        if level == .debug, !isDebug { return }
        send(.message(level, message.withoutURLPasswords))
    }

    /// A line that a command wrote: reported with `--debug`, else only as the detail of its task.
    public func commandOutput(_ line: String) {
        if isDebug { send(.commandOutput(line.withoutURLPasswords)) }
    }

    /// A line that one of the project's own scripts wrote.
    public func scriptOutput(_ line: String) { send(.scriptOutput(line)) }

    /// Reports an error with everything that is known of it: the sentence, details, the hint.
    public func report(_ failure: Failure) { send(.failure(failure.withoutURLPasswords)) }

    var isAnimated: Bool { consumers.contains { $0.isAnimated } }

    /// Updates the clocks of running tasks; called by a ticker on terminals.
    public func refresh() {
        for consumer in consumers { consumer.refresh() }
    }
}

extension Failure {
    /// The outcome of something that has thrown this.
    fileprivate var outcome: BuildEvent.Outcome { code == .cancelled ? .cancelled : .failure }
}

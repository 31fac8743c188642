public import Display
public import Execution
public import SigningClient
public import Support
public import Tools

/// The context that every part of a build shares: the installation, the reporter of events, and cancellation.
public struct BuildEnvironment: Sendable {
    public var installation: Installation
    public var display: EventReporter
    public var cancellation: Cancellation
    public var timing: Timing
    /// The limit of jobs that run at the same time.
    public var jobs: JobBudget
    /// The layers that images of this build have made for all of them.
    public var fresh: NewLayers
    /// The answers that images of this build got from their distributions.
    public var answers: SharedAnswers
    /// The variables of commands in the sandbox, in addition to the sandbox's own.
    public var variables: [String: String]
    /// The programs that the build uses.
    public var tools = Tools()
    /// Makes signatures.
    public var signer: Signer
    /// Runs commands in their sandboxes.
    var sandboxes: any PlanExecution = SandboxProcess()
    /// True if a shell is opened where a command on a tree has failed.
    public var opensShell = false
    /// True if the system calls that make sandboxes are shown.
    public var tracesSandboxes = false
    /// The places that paths of the configuration led to before scripts ran.
    public var pins = PinnedPaths()
    /// Set for a build that is compared with another one.
    public var conditions = BuildConditions()

    public init(
        installation: Installation,
        display: EventReporter,
        cancellation: Cancellation,
        timing: Timing,
        jobs: JobBudget = JobBudget(JobBudget.processors),
        variables: [String: String] = [:]
    ) {
        self.installation = installation
        self.display = display
        self.cancellation = cancellation
        self.timing = timing
        self.jobs = jobs
        signer = Signer(installation, environment: [])
        fresh = NewLayers()
        answers = SharedAnswers()
        self.variables = variables
    }
}

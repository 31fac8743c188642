import Configuration
import Crypto
import Display
import JSON
import LockFile
import PluginHost
import PluginWire
import SigningClient
import SigningWire
import Support
import System

/// The services that a plugin can request during one step of a build.
final class PluginServices: HostServices {
    private var runner: SandboxRunner
    private let fetcher: Fetcher
    private let settings: PluginSettings
    /// The step that progress is shown for.
    var step: Step?
    /// The downloads, if they are recorded.
    var records: [LockFile.File]?
    /// The phase that the running step is counted for.
    var phase = ""

    init(runner: SandboxRunner, fetcher: Fetcher, settings: PluginSettings) {
        self.runner = runner
        self.fetcher = fetcher
        self.settings = settings
    }

    /// True if the running step may use the network.
    var networkAllowed: Bool {
        get { runner.sandbox.networkAllowed }
        set { runner.sandbox.networkAllowed = newValue }
    }

    /// The tree that commands see.
    var tree: LayeredTree? {
        get { runner.sandbox.tree }
        set { runner.sandbox.tree = newValue }
    }

    /// The directory of package metadata.
    var metadata: String? {
        get { runner.sandbox.caches?.metadata }
        set {
            guard let newValue else { return }
            runner.sandbox.caches?.metadata = newValue
        }
    }

    /// The directory for what is derived from package metadata.
    var derived: String? {
        get { runner.sandbox.caches?.derived }
        set { runner.sandbox.caches?.derived = newValue }
    }

    /// Shows what follows as a part of this step, whose commands see this much of the shared caches.
    func begin(_ step: Step, _ phase: String, caches use: SharedCaches.Use = .none) {
        self.step = step
        self.phase = phase
        runner.sandbox.caches?.use = use
    }

    /// The same for what is a part of another step.
    func beginHidden(_ phase: String) {
        self.phase = phase
        runner.sandbox.caches?.use = .none
    }

    func policy(for method: String) -> ServicePolicy {
        let isOffline = ServicePolicy.allowsNetwork(method) && fetcher.isForbidden
        let refusal = isOffline ? "CacheOnly=always forbids downloads" : ServicePolicy.refusal(of: method)
        return ServicePolicy(
            networkRefusal: networkAllowed ? nil : refusal,
            writable: [runner.sandbox.workspace] + runner.sandbox.writable
                + (runner.sandbox.caches?.downloadTargets ?? []),
            settings: settings.names
        )
    }

    func run(_ run: ABI.V1.Run) throws(Failure) -> ABI.V1.Ran {
        guard let label = run.label else { return try runner.run(run) }
        step?.begin(part: label)
        // A part of a phase, named as the plugin calls it: unpack, configure.
        return try runner.environment.timing.measure("\(phase)/\(label)") { () throws(Failure) in
            try runner.run(run)
        }
    }

    func fetch(_ fetch: ABI.V1.Fetch) throws(Failure) {
        try fetcher.fetch([fetch] + (fetch.further ?? []), step: step)
        if records != nil { try record(fetch, at: fetch.path) }
    }

    private func record(_ fetch: ABI.V1.Fetch, at path: String) throws(Failure) {
        do {
            let digest = try Digest.ofFile(path)
            records?.append(LockFile.File(urls: fetch.urls, size: Files.size(of: path) ?? 0, sha256: digest))
        } catch {
            throw Failure(.system, "Cannot read the download \(path)", cause: error)
        }
    }

    func setting(_ name: String) throws(Failure) -> JSON {
        try settings.json(name)
    }

    func sign(_ request: ABI.V1.Sign) throws(Failure) -> ABI.V1.Signed {
        let answer = try runner.environment.signer.answer(settings.signing(request))
        return ABI.V1.Signed(
            signature: answer.signature,
            certificate: answer.certificate ?? "",
            publicKey: answer.publicKey ?? ""
        )
    }

    func log(_ log: ABI.V1.Log) {
        let level: BuildEvent.Level =
            switch log.level {
            case "error": .error
            case "warning": .warning
            case "info": .info
            default: .debug
            }
        runner.environment.display.log(level, printable(log.message))
    }

    func progress(_ progress: ABI.V1.Progress) {
        // The display computes with these numbers: clamp them to values it can handle.
        let sensible = 0...(1 << 50)
        if let done = progress.done, sensible.contains(done) {
            let total = progress.total.flatMap { sensible.contains($0) ? $0 : nil }
            step?.progress(done: done, total: total, unit: progress.unit ?? "")
        }
        if let label = progress.label { step?.detail(label) }
    }
}

public import ByteKeys
import Crypto
import Execution
import Glibc
public import JSON
public import PluginWire
public import Support
import Synchronization
import System

/// Host services for trying a plugin out: commands run as they are, without a sandbox, and `file:` URLs are copied.
public final class CheckServices: HostServices, Sendable {
    private let settings: ByteDictionary<JSON>
    private let commandLimit: Duration
    private let record = Mutex<[ABI.V1.Log]>([])

    /// - Parameters:
    ///   - settings: What the plugin finds set.
    ///   - commandLimit: How long a command may run.
    public init(settings: ByteDictionary<JSON> = [:], commandLimit: Duration = .seconds(60)) {
        self.settings = settings
        self.commandLimit = commandLimit
    }

    public func policy(for method: String) -> ServicePolicy {
        let refusal = ServicePolicy.allowsNetwork(method) ? nil : ServicePolicy.refusal(of: method)
        return ServicePolicy(networkRefusal: refusal, writable: ["/"], settings: Set(settings.keys))
    }

    /// The lines that the plugin logged or wrote to standard error; the first 1000 of them.
    public var logged: [ABI.V1.Log] { record.withLock { $0 } }

    public func run(_ run: ABI.V1.Run) throws(Failure) -> ABI.V1.Ran {
        let name = run.arguments.first ?? ""
        guard let program = Paths.findProgram(name, path: SearchPath.standard) else {
            throw Failure(.missing, "There is no program named \(name)")
        }
        let own: ByteDictionary = ["PATH": SearchPath.distribution, "LANG": "C.UTF-8", "HOME": "/tmp"]
        let environment = own.merging(run.environment ?? [:]) { $1 }.map { "\($0)=\($1)" }
        var command = Command(program, Array(run.arguments.dropFirst()), environment: environment)
        command.input = Array((run.input ?? "").utf8)
        command.workingDirectory = run.workingDirectory
        command.timeLimit = commandLimit
        if run.capture == true { command.captureLimit = 8 << 20 }
        let result = try command.run()
        guard (run.success ?? [0]).contains(result.status.code) else {
            throw Failure(.command, "\(name) failed with \(result.status)", excerpt: result.tail)
        }
        return ABI.V1.Ran(
            status: result.status.code,
            output: run.capture == true ? String(decoding: result.output, as: UTF8.self) : nil,
            dropped: result.dropped > 0 ? result.dropped : nil
        )
    }

    public func fetch(_ fetch: ABI.V1.Fetch) throws(Failure) {
        for other in fetch.further ?? [] { try self.fetch(other) }
        for url in fetch.urls where url.hasPrefix("file://") {
            guard copy(String(url.dropFirst("file://".count)), to: fetch.path) else { continue }
            guard let expected = fetch.sha256 else { return }
            let digest = try? Digest.ofFile(fetch.path)
            if digest == expected { return }
            throw Failure(
                .untrusted,
                "\(url) has the SHA-256 digest \(digest ?? "of no file") and not \(expected)"
            )
        }
        throw Failure(
            .missing,
            "None of \(fetch.urls.joined(separator: ", ")) can be fetched",
            hint: "Only file: URLs can be downloaded by plugin checks"
        )
    }

    private func copy(_ source: String, to target: String) -> Bool {
        do throws(SystemCallError) {
            try Files.write(Files.read(source), to: target)
            return true
        } catch {
            return false
        }
    }

    public func setting(_ name: String) throws(Failure) -> JSON { settings[name] ?? .null }

    public func sign(_ request: ABI.V1.Sign) throws(Failure) -> ABI.V1.Signed {
        throw Failure(.missing, "Plugin checks have no key to sign with")
    }

    public func log(_ log: ABI.V1.Log) {
        record.withLock { if $0.count < 1000 { $0.append(log) } }
    }

    public func progress(_ progress: ABI.V1.Progress) {}
}

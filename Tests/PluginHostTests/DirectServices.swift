import Execution
import PluginHost
import PluginWire
import Support
import Synchronization

/// Host services without a sandbox: commands run as they are, files are fetched by copying.
final class DirectServices: HostServices {
    private let record = Mutex<[String]>([])
    private let progressCount = Mutex(0)
    let settings: [String: JSON]
    let cancellation: Cancellation?

    init(settings: [String: JSON] = [:], cancellation: Cancellation? = nil) {
        self.settings = settings
        self.cancellation = cancellation
    }

    /// The lines of the log.
    var log: [String] { record.withLock { $0 } }
    var progressReports: Int { progressCount.withLock { $0 } }

    func run(_ run: ABI.V1.Run) throws(Failure) -> ABI.V1.Ran {
        let name = run.arguments.first ?? ""
        guard let program = Paths.findProgram(name, path: "/usr/sbin:/usr/bin:/sbin:/bin") else {
            throw Failure(.missing, "There is no program \(name)")
        }
        var command = Command(program, Array(run.arguments.dropFirst()), environment: ["PATH=/usr/bin:/bin"])
        command.input = Array((run.input ?? "").utf8)
        command.workingDirectory = run.workingDirectory
        if run.capture == true { command.captureLimit = 8 << 20 }
        let result = try command.run(cancellation: cancellation)
        guard (run.success ?? [0]).contains(result.status.code) else {
            throw Failure(.command, "\(name) failed with \(result.status)", excerpt: result.tail)
        }
        return ABI.V1.Ran(
            status: result.status.code,
            output: run.capture == true ? String(decoding: result.output, as: UTF8.self) : nil
        )
    }

    func fetch(_ fetch: ABI.V1.Fetch) throws(Failure) {
        for url in fetch.urls where url.hasPrefix("file://") {
            if let bytes = try? Files.read(String(url.dropFirst(7))), (try? Files.write(bytes, to: fetch.path)) != nil {
                return
            }
        }
        throw Failure(.missing, "None of \(fetch.urls.joined(separator: ", ")) can be fetched")
    }

    func setting(_ name: String) throws(Failure) -> JSON { settings[name] ?? .null }

    func log(_ log: ABI.V1.Log) { record.withLock { $0.append("\(log.level): \(log.message)") } }

    func progress(_ progress: ABI.V1.Progress) { progressCount.withLock { $0 += 1 } }
}

import DiskKit
import PluginKit
import PluginWire
import System

/// Runs the programs that make file systems.
enum ProgramRun {
    static func run(
        _ command: [String],
        _ environment: [String: String],
        _ channel: ToolChannel
    ) throws(DiskError) -> [String] {
        channel.command(environment.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" } + command)
        var all = ["PATH": SearchPath.distribution, "LC_ALL": "C.UTF-8", "TZ": "UTC"]
        all.merge(environment) { $1 }
        let lines = Monitor<[String]>([])
        let child = ChildCommand(
            arguments: command,
            environment: all,
            onLine: { line in
                lines.withLock { lines in
                    if !line.trimmed.isEmpty { lines.append(line.trimmed) }
                    if lines.count > 200 { lines.removeFirst() }
                }
            }
        )
        let name = command.first ?? ""
        let status: Int32
        do throws(ErrorObject) {
            status = try child.run()
        } catch {
            throw DiskError(.system, "Cannot run \(name): \(error.message)")
        }
        guard status != 0 else { return lines.withLock { $0 } }
        let last = lines.withLock { $0.isEmpty ? "it gave no reason" : $0.suffix(2).joined(separator: "; ") }
        throw DiskError(.system, "\(name) failed with exit status \(status): \(last)")
    }
}

extension String {
    fileprivate var trimmed: String {
        String(drop { $0 == " " || $0 == "\t" || $0 == "\r" })
    }
}

import Execution
import Glibc
import PluginWire
import Support
import System

/// The sentences with which the host ends a plugin or passes its errors on: which plugin, which request, what arrived.
struct PluginFailure {
    let plugin: InstalledPlugin

    /// The plugin broke the contract.
    func violation(_ what: String, tail: [String] = []) -> Failure {
        Failure(
            .plugin,
            "\(plugin.title) \(what)",
            hint: "Run `mkosi plugin check \(plugin.directory)` to see where it violates the protocol",
            excerpt: tail
        )
    }

    /// The plugin only describes what it provides.
    func noCode() -> Failure {
        Failure(
            .plugin,
            "Plugin \(plugin.name) has no code yet",
            hint: "Configurations that use it can be read and shown, but not built; see mkosi plugin list"
        )
    }

    func cannotStart(_ error: SystemCallError) -> Failure {
        var hint: String?
        if error.errno == ENOENT, Files.exists(plugin.file) {
            hint = "The interpreter named on its first line does not exist"
        } else if error.errno == ENOENT {
            hint = "The member \"start\" of \(plugin.directory)/plugin.json names a file that does not exist"
        } else if error.errno == EACCES {
            hint = "Make the file executable: chmod +x \(plugin.file)"
        }
        return Failure(.plugin, "\(plugin.title) cannot be started", hint: hint, cause: error)
    }

    func ended(_ status: ExitStatus, during method: String, tail: [String]) -> Failure {
        let how =
            switch status {
            case .exited: "ended with \(status)"
            case .signalled: "was killed by \(status)"
            }
        return Failure(
            .plugin,
            "\(plugin.title) \(how) instead of answering \(method)",
            hint: tail.isEmpty ? nil : "Its last output is shown above",
            excerpt: tail
        )
    }

    func closed(during method: String, tail: [String]) -> Failure {
        violation("closed its standard output instead of answering \(method)", tail: tail)
    }

    func tooLong(_ start: [UInt8], during method: String, limit: Int, tail: [String]) -> Failure {
        violation(
            "wrote more than \(limit >> 20) MiB without a line feed during \(method); it begins with "
                + Excerpt.quoted(start),
            tail: tail
        )
    }

    func garbage(_ line: [UInt8], _ error: ErrorObject, during method: String, tail: [String]) -> Failure {
        var failure = violation(
            "wrote \(Excerpt.quoted(line)) during \(method), and \(error.message)",
            tail: tail
        )
        failure.hint = "Standard output is for the protocol: a plugin must print to standard error"
        return failure
    }

    func silent(for limit: Duration, during method: String, tail: [String]) -> Failure {
        var failure = violation(
            "did not answer \(method) and sent nothing for \(limit.components.seconds) seconds",
            tail: tail
        )
        if method != ABI.V1.Initialize.method {
            failure.hint = "If it needs longer, set MKOSI_PLUGIN_TIMEOUT= to a higher number of seconds"
        }
        return failure
    }

    func mismatch(_ what: String, own: VersionRange, plugin range: VersionRange) -> Failure {
        let pluginIsOld = range.max < own.min
        return Failure(
            .plugin,
            "\(plugin.title) supports \(what) \(describe(range)), this mkosi supports \(describe(own))",
            hint: pluginIsOld
                ? "Install a newer version of the plugin \(plugin.name) (this is \(plugin.manifest.version))"
                : "Install a newer mkosi, or an older version of the plugin \(plugin.name)"
        )
    }

    private func describe(_ range: VersionRange) -> String {
        range.min == range.max ? "version \(range.min)" : "versions \(range.min) to \(range.max)"
    }

    /// An error that the plugin answered, in its own words.
    func answered(_ error: ErrorObject, to method: String) -> Failure {
        let code: Failure.Code =
            switch ErrorObject.Code(rawValue: error.code) {
            case .cancelled: .cancelled
            case .commandFailed: .command
            case .untrusted: .untrusted
            case .notFound: .missing
            default: .plugin
            }
        var message = Excerpt.text(error.message)
        if let subject = error.data?.subject.map(Excerpt.text), !message.contains(subject) {
            message += " (\(subject))"
        }
        return Failure(
            code,
            "Plugin \(plugin.name), request \(method): \(message)",
            hint: error.data?.hint.map(Excerpt.text),
            excerpt: error.data?.output?.split(separator: "\n").suffix(20).map { Excerpt.text(String($0)) } ?? []
        )
    }
}

import PluginWire
import Support

extension ErrorObject {
    /// A failure of the host as a plugin gets to know it.
    init(_ failure: Failure) {
        let code: Code =
            switch failure.code {
            case .cancelled: .cancelled
            case .command: .commandFailed
            case .untrusted: .untrusted
            case .missing: .notFound
            case .usage, .configuration: .invalidParameters
            default: .internalError
            }
        let output = failure.firstExcerpt.joined(separator: "\n")
        self.init(
            code: code,
            message: failure.description,
            hint: failure.firstHint,
            output: output.isEmpty ? nil : output
        )
    }
}

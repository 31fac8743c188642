import ArchiveKit
import DiskKit
import LabelKit
import PluginKit
import PluginWire

extension ErrorObject {
    /// The contract's form of an error about a disk.
    init(_ error: DiskError) {
        self.init(
            code: error.code == .definition ? .invalidParameters : .commandFailed,
            message: error.message,
            hint: error.hint
        )
    }

    /// Describes whatever a tool throws.
    static func ofDisk(_ error: any Error) -> ErrorObject {
        switch error {
        case let error as DiskError: ErrorObject(error)
        case let error as ImageError: ErrorObject(code: .commandFailed, message: error.message, subject: error.path)
        case let error as LabelError: ErrorObject(code: .commandFailed, message: error.message, hint: error.hint)
        default: describing(error)
        }
    }
}

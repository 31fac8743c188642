import Glibc
import PluginWire

/// What the program does inside the sandbox, where it may touch a tree of other owners: it renames it.
public enum MoveCommand {
    public static let name = "move"
    /// The exit status when only a copy helps.
    public static let cannotMove: Int32 = 75

    /// Renames the first argument to the second.
    @Sendable public static func run(_ arguments: [String]) throws -> Int32 {
        guard arguments.count == 2 else {
            throw ErrorObject(code: .invalidParameters, message: "this tool takes two paths")
        }
        if rename(arguments[0], arguments[1]) == 0 { return 0 }
        let number = errno
        if number == EXDEV || number == EBUSY { return cannotMove }
        let reason = String(cString: strerror(number))
        throw ErrorObject(
            code: .internalError,
            message: "cannot move \(arguments[0]) to \(arguments[1]): \(reason)",
            subject: arguments[0]
        )
    }
}

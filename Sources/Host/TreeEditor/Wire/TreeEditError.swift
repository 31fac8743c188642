import Glibc
package import System

/// A change that failed.
public struct TreeEditError: Error, Sendable, CustomStringConvertible {
    public var description: String

    package init(description: String) { self.description = description }

    package init(_ error: SystemCallError) { description = error.description }

    /// For a tree that nothing could walk without running out of stack.
    package static func tooDeep(_ tree: String) -> TreeEditError {
        TreeEditError(description: "more than \(TreeDepth.limit) directories are nested in \(tree)")
    }

    /// Throws what `errno` says when a system call has returned a negative number.
    package static func check(_ call: String, _ path: String, _ result: CInt) throws(TreeEditError) {
        if result < 0 { throw failure(call, path) }
    }

    /// Returns the failure that `errno` describes, of a system call on a path.
    package static func failure(_ call: String, _ path: String) -> TreeEditError {
        let reason = errno
        return TreeEditError(description: "\(call) \(path): \(String(cString: strerror(reason)))")
    }
}

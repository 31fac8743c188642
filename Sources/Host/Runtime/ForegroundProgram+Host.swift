public import Configuration
public import Execution
import Glibc
public import Support
import System
import Tools

extension ForegroundProgram {
    /// Looks a program up in the caller's path.
    ///
    /// - Parameters:
    ///   - name: A name, or a path.
    ///   - host: Has the path, and the packages that programs are in.
    ///   - directories: Searched after the caller's path.
    /// - Returns: Its absolute path.
    /// - Throws: one sentence where it is not installed.
    public static func installed(
        _ name: String,
        _ host: HostFacts,
        or directories: String? = nil
    ) throws(Failure) -> String {
        if name.utf8.contains(UInt8(ascii: "/")) { return Paths.absolute(name, from: host.currentDirectory) }
        if let directories, host.tools.find(name) == nil, let program = Tools(searchPath: directories).find(name) {
            return program
        }
        return try host.program(name, orFail: "The program \(name) is not installed")
    }

    /// The directories in which systemd keeps programs of its own.
    public static let systemdDirectories = "/usr/lib/systemd:/lib/systemd"

    /// Runs the program to its end, and returns the exit status that a shell would report.
    public func status(cancellation: Cancellation) throws(Failure) -> CInt {
        switch try run(cancellation: cancellation) {
        case .ended(let status): CInt(status.code)
        case .cancelled, .timedOut, .satisfied: 128 + (cancellation.signal ?? SIGINT)
        }
    }
}

import Builder
import Execution
import LockFile
import Support
import System

/// The lock file of a project: `mkosi.lock` in its directory.
struct ProjectLock {
    let path: String

    init(directory: String) {
        path = Paths.join(directory, LockFile.name)
    }

    /// Returns the content of the file; nil if there is none.
    func read(cancellation: Cancellation? = nil) throws(Failure) -> LockFile? {
        Files.exists(path) ? try Self.read(path, cancellation: cancellation) : nil
    }

    static func read(_ path: String, cancellation: Cancellation? = nil) throws(Failure) -> LockFile {
        let text: String
        do throws(SystemCallError) {
            text = try Files.readText(path)
        } catch {
            throw Failure(.missing, "Cannot read the lock file \(path)", cause: error)
        }
        return try LockFile(text: text, path: path) { () throws(Failure) in try cancellation?.check() }
    }

    func write(_ lock: LockFile) throws(Failure) {
        do throws(SystemCallError) {
            try Files.write(lock.text.utf8, to: path, mode: CallerMask.file)
        } catch {
            throw Failure(.system, "Cannot write \(path)", cause: error)
        }
    }

    /// Returns the lock that a build has to obey: the lock file if there is one, unless the command line says
    /// otherwise.
    static func ofBuild(_ context: CommandContext, _ cancellation: Cancellation) throws(Failure) -> ImageLock? {
        if context.invocation[SharedOptions.locked] == false || context.invocation[SharedOptions.directory] == "" {
            return nil
        }
        let project = ProjectLock(directory: context.directory)
        if let lock = try project.read(cancellation: cancellation) { return ImageLock(file: lock, path: project.path) }
        guard context.invocation[SharedOptions.locked] == nil else {
            throw Failure(.missing, "There is no \(project.path)", hint: "Run: mkosi lock")
        }
        return nil
    }
}

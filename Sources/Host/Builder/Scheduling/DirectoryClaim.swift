import ByteKeys
import CFiles
import Configuration
import Display
import Execution
import Glibc
import Support
import System

/// The right to change a directory that several images have in common, of this build and of others.
///
/// It ends with the value, or with the process.
final class DirectoryClaim: Sendable {
    private let file: Descriptor

    /// Waits for the claim; calls `onWait` once if it is held elsewhere.
    ///
    /// `path` is the directory itself, or a lock file for it, which is created if missing.
    init(
        _ path: String,
        isDirectory: Bool,
        cancellation: Cancellation,
        onWait: () -> Void = {}
    ) throws(Failure) {
        if isDirectory {
            do throws(SystemCallError) {
                file = try Descriptor.open(path, O_RDONLY | O_DIRECTORY)
            } catch {
                throw Failure(.system, "Cannot lock \(path)", cause: error)
            }
        } else {
            file = try PrivateDirectory.openFile(Paths.name(path), in: Paths.parent(path) ?? "/")
        }
        var pause: UInt32 = 0
        while mkosi_lock(file.number, LOCK_EX | LOCK_NB) != 0 {
            let reason = errno
            guard reason == EWOULDBLOCK || reason == EINTR else {
                throw Failure(.system, "Cannot lock \(path)", cause: SystemCallError("flock", path, errno: reason))
            }
            if pause == 0 { onWait() }
            try cancellation.check()
            // flock(2) cannot be combined with poll(2), so the lock is polled.
            pause = min(50_000, pause + 2000)
            usleep(pause)
        }
    }
}

extension ScriptRunner {
    /// Keeps scripts of other images from changing what scripts of a kind change, as long as the claims live.
    ///
    /// Scripts that bring sources up to date have the sources for themselves, and build scripts the directory that they
    /// build in: the build directory where there is one, or else the sources, unless changes to them are thrown away.
    func claimDirectories(for kind: ScriptKind) throws(Failure) -> [DirectoryClaim] {
        let paths: [String]
        switch kind {
        case .sync: paths = ScriptSources.targets(of: settings.sources.buildSources).map(\.path)
        case .build:
            if let build = directories.build {
                paths = [Paths.resolved(build) ?? build]
            } else {
                let isKept = settings.sources.buildSourcesEphemeral == "no"
                // Scripts may also have copies of the sources.
                paths =
                    !isKept
                    ? []
                    : ScriptSources.targets(of: settings.sources.buildSources).map(\.path).filter {
                        SourceTransfer.method(settings.sources.sourceFileTransfer, source: $0) == nil
                    }
            }
        default: paths = []
        }
        var claims: [DirectoryClaim] = []
        // In one order, so that no two wait for each other.
        for path in ByteSet(paths).sorted() {
            let claim = try DirectoryClaim(
                "\(directories.locks)/directory-\(LockName.of(path))",
                isDirectory: false,
                cancellation: runner.environment.cancellation
            ) {
                runner.environment.display.log(.info, "Waiting for scripts of another image that may change \(path)")
            }
            claims.append(claim)
        }
        return claims
    }
}

import CFiles
public import Configuration
import Glibc
public import Support
import System

/// Keeps other builds of an output away, and whoever would remove it, while this value lives.
///
/// The kernel gives the lock back when the process ends, however it ends.
public struct BuildLock: ~Copyable {
    private let file: Descriptor

    private init(file: consuming Descriptor) {
        self.file = file
    }

    /// Takes the lock of an image's output, or says who holds it.
    public static func take(for image: ImageConfiguration, variables: [String: String]) throws(Failure) -> BuildLock {
        // Not in the configured cache: two builds with two caches have the same output, too.
        try take(
            output: Paths.join(image.outputDirectory, image.outputFileName),
            in: image.lockDirectory(environment: variables)
        )
    }

    /// Takes the lock of an output, or says who holds it.
    static func take(output: String, in directory: String) throws(Failure) -> BuildLock {
        let path = "\(directory)/\(LockName.of(output))"
        let file = try open(in: directory, output: output)
        // Who has just taken it needs a moment to write who they are, and who gives it back erases that first.
        for attempt in 0..<100 {
            if mkosi_lock(file.number, LOCK_EX | LOCK_NB) == 0 {
                ftruncate(file.number, 0)
                try? file.write(LockHolder.current().text.utf8)
                return BuildLock(file: file)
            }
            let holder = (try? Files.readText(path)).flatMap { LockHolder($0) }
            if holder == nil, attempt < 99 {
                usleep(5000)
                continue
            }
            throw Failure(
                .busy,
                "Another build of \(output) is running: \(holder?.description ?? "an unknown process")",
                hint: "Wait for it, or end it"
            )
        }
        throw Failure(.busy, "Another build of \(output) is running", hint: "Wait for it, or end it")
    }

    /// Opens a file in the cache, because no extra file should appear next to the output.
    private static func open(in directory: String, output: String) throws(Failure) -> Descriptor {
        do throws(Failure) {
            return try PrivateDirectory.openFile(LockName.of(output), in: directory)
        } catch {
            throw Failure(.system, "Cannot create the lock of \(output)", cause: error)
        }
    }

    /// Ends the lock's life at the end of the scope, not after its last use.
    public func release() {
        ftruncate(file.number, 0)
    }
}

/// Names of the lock files.
enum LockName {
    /// FNV-1a of the path, for a name of bounded length.
    static func of(_ path: String) -> String {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in path.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        return String(hash, radix: 16)
    }
}

import CFiles
import Glibc
import Support

/// Keeps a second build of the same output away while this one runs.
///
/// The kernel gives the lock back when the process ends, however it ends.
struct BuildLock: ~Copyable {
    private let file: Descriptor

    private init(file: consuming Descriptor) {
        self.file = file
    }

    /// Takes the lock of an output, or says who holds it.
    static func take(output: String, in folder: String) throws(Failure) -> BuildLock {
        let path = "\(folder)/\(name(for: output))"
        let file = try open(path, output: output)
        if mkosi_lock(file.number, LOCK_EX | LOCK_NB) != 0 {
            let holder = (try? Files.readText(path)).flatMap { $0.split(separator: "\n").first } ?? "an unknown process"
            throw Failure(
                .busy,
                "Another build of \(output) is running: process \(holder)",
                hint: "Wait for it, or end it"
            )
        }
        ftruncate(file.number, 0)
        try? file.write("\(getpid())\n".utf8)
        return BuildLock(file: file)
    }

    /// Opens a file of the cache, for nothing is to appear beside the output.
    private static func open(_ path: String, output: String) throws(Failure) -> Descriptor {
        do throws(SystemCallError) {
            try Files.makeDirectories(Paths.parent(path) ?? "/")
            return try Descriptor.open(path, O_RDWR | O_CREAT)
        } catch {
            throw Failure(
                .system,
                "Cannot make the lock of \(output)",
                hint: "$XDG_CACHE_HOME can name another folder",
                cause: error
            )
        }
    }

    /// Ends the lock's life at the end of the scope, not after its last use.
    func keepUntilHere() {
        ftruncate(file.number, 0)
    }

    /// FNV-1a of the path, for a name of bounded length.
    private static func name(for output: String) -> String {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in output.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        return String(hash, radix: 16)
    }
}

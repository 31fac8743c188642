import CFiles
import Glibc
public import Support
import System

/// The files that a crash of the machine may have taken out of a layer.
///
/// Nothing waits for the disk while a layer is made. So a layer begins with a mark that names the running system; when
/// its files are known to be written out, the mark goes. A mark of another run of the machine says that there was a
/// crash in between, or that there was no time: such a layer is rebuilt.
extension LayerStore {
    static let markName = "unsettled"

    /// A name of this run of the machine; empty where the kernel does not tell.
    private static let boot =
        ((try? Files.readText("/proc/sys/kernel/random/boot_id")) ?? "").split(separator: "\n").first.map(String.init)
        ?? ""

    /// Marks a layer that is about to be published.
    static func mark(_ path: String) throws(SystemCallError) {
        try Files.write(boot.utf8, to: "\(path)/\(markName)")
    }

    /// Returns true if a layer may lack what was written shortly before a crash.
    static func isDoubtful(_ path: String) -> Bool {
        guard let mark = try? Files.readText("\(path)/\(markName)") else { return false }
        return mark != boot
    }

    /// Writes the store's file system out and takes the marks of these layers away; without marks nothing is waited
    /// for.
    public func settle(_ paths: [String]) throws(Failure) {
        let marks = paths.map { "\($0)/\(Self.markName)" }.filter { Files.kind(of: $0) != nil }
        if marks.isEmpty { return }
        do throws(SystemCallError) {
            let descriptor = try Descriptor.open(directory, O_RDONLY | O_DIRECTORY)
            try systemCall("syncfs", directory) { mkosi_sync_file_system(descriptor.number) }
        } catch {
            throw Failure(.system, "Cannot sync the layers in \(directory)", cause: error)
        }
        for mark in marks { unlink(mark) }
    }
}

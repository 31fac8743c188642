import Glibc
import Support
import System

/// Writes what a tree holds to a file, one line an entry.
public enum TreeListing {
    /// The lines are those of `TreeManifest`; files that the index knows are not read again.
    public static func write(_ directory: String, to path: String, index indexPath: String) throws {
        let file = try Descriptor.open(path, O_WRONLY | O_CREAT | O_TRUNC, mode: 0o600)
        var index = TreeIndex(file: indexPath)
        var block: [UInt8] = []
        var problem: SystemCallError?
        func flush() {
            do throws(SystemCallError) {
                try file.write(block)
            } catch {
                problem = error
            }
            block.removeAll(keepingCapacity: true)
        }
        _ = try TreeManifest(
            of: directory,
            as: .layer,
            index: &index,
            visit: { line in
                block += line.utf8
                block.append(UInt8(ascii: "\n"))
                if block.count > 1 << 16 { flush() }
            }
        )
        flush()
        if let problem { throw problem }
        try index.write(to: indexPath)
    }
}

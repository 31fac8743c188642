import Support
import System

/// The processor that this program runs on.
enum HostProcessor {
    private static let fields = ["vendor_id", "cpu family", "model", "stepping"]

    /// What tells processors apart that get different microcode; empty on architectures where the kernel does not say.
    static var description: String {
        // The kernel says it for every processor; they are of one kind.
        let first = (try? Files.readText("/proc/cpuinfo"))?.prefixUpToBlankLine ?? ""
        let values = first.split(separator: "\n").compactMap { line -> String? in
            let parts = line.split(separator: ":", maxSplits: 1).map { $0.filter { $0 != "\t" } }
            return parts.count == 2 && fields.contains(parts[0]) ? parts[1] : nil
        }
        return values.joined()
    }
}

extension String {
    fileprivate var prefixUpToBlankLine: Substring {
        firstRange(of: "\n\n").map { self[..<$0.lowerBound] } ?? self[...]
    }
}

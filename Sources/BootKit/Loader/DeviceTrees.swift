internal import Glibc
internal import System

/// Device trees of a kernel, in the directories where distributions have them.
public enum DeviceTrees {
    /// The directories of a kernel's device trees in a tree.
    private static func directories(of kernel: String) -> [String] {
        ["/usr/lib/modules/\(kernel)/dtb", "/usr/lib/firmware/\(kernel)/device-tree", "/usr/lib/linux-image-\(kernel)"]
    }

    /// Finds the files that patterns such as `rockchip/*` fit.
    ///
    /// - Parameters:
    ///   - patterns: Paths relative to one of the directories; `*` in a component fits no slash.
    ///   - kernel: The kernel's release.
    ///   - root: The tree.
    /// - Returns: The places of the files, without doubles, in the order of the patterns and of their names.
    /// - Throws: `missing` for a pattern that fits nothing.
    public static func find(_ patterns: [String], kernel: String, root: String) throws(BootError) -> [String] {
        let boot = BootDirectory(root: root)
        var found: [String] = []
        for pattern in patterns {
            let some = directories(of: kernel).lazy.map { boot.all(of: "\($0)/\(pattern)") }.first { !$0.isEmpty }
            guard let some else {
                throw BootError(
                    .missing,
                    "Devicetrees=\(pattern) fits no file in \(directories(of: kernel).joined(separator: ", "))",
                    hint: "Patterns are relative to one of these directories, as in rockchip/*.dtb"
                )
            }
            for path in some where !found.contains(path) { found.append(path) }
        }
        return found
    }
}

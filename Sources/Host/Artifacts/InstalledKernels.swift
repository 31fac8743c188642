public import PluginWire

/// The kernels of a tree, by the images in their directories of modules.
///
/// That is where kernel-install(8) expects them: `/usr/lib/modules/VERSION/vmlinuz`.
public enum InstalledKernels {
    /// The pattern (glob(7)) of images; a version begins with a digit.
    public static let pattern = "\(directory)[0-9]*\(name)"

    private static let directory = "/usr/lib/modules/"
    private static let name = "/vmlinuz"

    /// The kernels with these images, the newest first.
    public static func sorted(_ images: some Sequence<String>) -> [ABI.V1.Kernel] {
        images.compactMap { path -> ABI.V1.Kernel? in
            guard path.hasPrefix(directory), path.hasSuffix(name) else { return nil }
            let version = path.dropFirst(directory.count).dropLast(name.count)
            return version.isEmpty || version.contains("/") ? nil : ABI.V1.Kernel(version: String(version), image: path)
        }.sorted { isNewer($0.version, than: $1.version) }
    }

    /// Compares runs of digits as numbers, and everything else as text.
    private static func isNewer(_ version: String, than other: String) -> Bool {
        for (one, two) in zip(parts(version), parts(other)) where one != two {
            if let one = Int(one), let two = Int(two), one != two { return one > two }
            return one > two
        }
        return version.utf8.count > other.utf8.count
    }

    private static func parts(_ version: String) -> [String] {
        var parts: [String] = []
        var wasDigit = false
        for character in version {
            let isDigit = ("0"..."9").contains(character)
            if isDigit == wasDigit, let last = parts.indices.last {
                parts[last].append(character)
            } else {
                parts.append(String(character))
            }
            wasDigit = isDigit
        }
        return parts
    }
}

public import PluginWire

/// The kernels of a tree, by their images.
///
/// kernel-install(8) expects them as `/usr/lib/modules/VERSION/vmlinuz`; distributions without it have
/// `/boot/vmlinuz-VERSION`. One that is not compressed has the name `vmlinux`.
public enum InstalledKernels {
    /// The places of images; of a kernel with several, the first is used.
    private static let places = [
        (prefix: "/usr/lib/modules/", suffix: "/vmlinuz"), (prefix: "/boot/vmlinuz-", suffix: ""),
        (prefix: "/usr/lib/modules/", suffix: "/vmlinux"), (prefix: "/boot/vmlinux-", suffix: ""),
    ]

    /// Patterns (glob(7)) of images; a version begins with a digit.
    public static let patterns = places.map { "\($0.prefix)[0-9]*\($0.suffix)" }

    /// The kernels with these images, the newest first.
    public static func sorted(_ images: some Sequence<String>) -> [ABI.V1.Kernel] {
        let images = Array(images)
        var kernels: [ABI.V1.Kernel] = []
        for place in places {
            for path in images where path.hasPrefix(place.prefix) && path.hasSuffix(place.suffix) {
                let version = path.dropFirst(place.prefix.count).dropLast(place.suffix.count)
                let isName = !version.isEmpty && !version.utf8.contains(UInt8(ascii: "/"))
                if !isName || kernels.contains(where: { $0.version == version }) { continue }
                kernels.append(ABI.V1.Kernel(version: String(version), image: path))
            }
        }
        return kernels.sorted { isNewer($0.version, than: $1.version) }
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

/// The mounts that the calling process sees (proc_pid_mountinfo(5)).
public enum MountTable {
    /// The places below a directory, given without links, on which something is mounted; those above others come first.
    public static func points(below directory: String) -> [String] {
        let text = (try? Files.read("/proc/self/mountinfo")) ?? []
        var points: Set<BytePath> = []
        for line in text.split(separator: UInt8(ascii: "\n")) {
            let words = line.split(separator: UInt8(ascii: " "), maxSplits: 5)
            guard words.count > 5 else { continue }
            let point = BytePath(bytes: unescaped(words[4]))
            if Paths.isBelow(point.string, directory) { points.insert(point) }
        }
        return points.sorted().map(\.string)
    }

    /// Spaces, line ends and backslashes are a backslash and three octal digits.
    private static func unescaped(_ text: ArraySlice<UInt8>) -> [UInt8] {
        var bytes: [UInt8] = []
        var rest = text
        while let byte = rest.popFirst() {
            let digits = rest.prefix(3)
            guard byte == UInt8(ascii: "\\"), digits.count == 3, digits.allSatisfy({ (48...55).contains($0) }) else {
                bytes.append(byte)
                continue
            }
            bytes.append(UInt8(truncatingIfNeeded: digits.reduce(0) { $0 << 3 | Int($1 & 7) }))
            rest = rest.dropFirst(3)
        }
        return bytes
    }
}

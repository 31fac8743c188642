import DistributionKit

extension RPMChoice {
    /// Returns dnf's explanation why packages cannot be installed together: problems, each in several lines.
    static func problem(_ text: String) -> RPMChoice {
        let lines = text.split(whereSeparator: \.isNewline).map { line in
            var line = line.split(separator: " ").joined(separator: " ")
            for prefix in ["- ", "Problem: "] where line.hasPrefix(prefix) {
                line = String(line.dropFirst(prefix.count))
            }
            return line
        }.filter { !$0.isEmpty && $0 != "conflicting requests" }
        return .problem(lines, output: text)
    }
}

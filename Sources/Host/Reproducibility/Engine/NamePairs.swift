import ComparisonWire
import System

/// Finds names that only one of two directories has and that seem to correspond to each other.
///
/// Differences come directory by directory, so only those of one directory have to wait for each other.
final class NamePairs {
    private let sink: (Difference) -> Void
    private var waiting: [Difference] = []
    private var directory: String?

    init(_ sink: @escaping (Difference) -> Void) {
        self.sink = sink
    }

    /// Takes a difference, which may have to wait.
    func add(_ difference: Difference) {
        guard difference.kind == .onlyFirst || difference.kind == .onlySecond else { return sink(difference) }
        let path = difference.inner ?? difference.path
        let parent = "\(difference.inner == nil ? "" : difference.path)!\(Self.split(path).parent)"
        if parent != directory { finish() }
        directory = parent
        waiting.append(difference)
    }

    /// Ends the directory.
    func finish() {
        var result = waiting
        waiting = []
        directory = nil
        for index in result.indices where result[index].kind == .onlyFirst {
            let name = Self.split(result[index].inner ?? result[index].path).name
            for other in result.indices where result[other].kind == .onlySecond && result[other].hints.isEmpty {
                let twin = Self.split(result[other].inner ?? result[other].path).name
                guard Self.areAlike(name, twin) else { continue }
                let hint = Difference.Hint(.name, "The name differs in each build: \(name) and \(twin)")
                result[index].hints.append(hint)
                result[other].hints.append(hint)
                break
            }
        }
        for difference in result { sink(difference) }
    }

    private static func split(_ path: String) -> (parent: String, name: String) {
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return ("", path) }
        return (String(path[..<slash]), String(path[path.utf8.index(after: slash)...]))
    }

    /// Returns true if two names have the same length, or begin and end in the same way.
    private static func areAlike(_ first: String, _ second: String) -> Bool {
        let (left, right) = (Array(first.utf8), Array(second.utf8))
        let shorter = min(left.count, right.count)
        var prefix = 0
        while prefix < shorter, left[prefix] == right[prefix] { prefix += 1 }
        var suffix = 0
        while suffix < shorter - prefix, left[left.count - 1 - suffix] == right[right.count - 1 - suffix] {
            suffix += 1
        }
        return left.count == right.count || (prefix + suffix) * 2 >= shorter
    }
}

import ComparisonWire
import Glibc
import Support
import System

/// Compares two records line by line in parallel.
struct RecordComparison {
    private let first: String
    private let second: String

    /// A path of which both builds do not have the same.
    struct Change {
        var path: String
        var kinds: Set<Difference.Kind>
    }

    init(_ first: String, _ second: String) {
        self.first = first
        self.second = second
    }

    /// Calls `body` for each path that differs, in the order of the tree.
    func run(_ body: (Change) -> Void) throws(Failure) {
        var firstLines = try LineFile(first)
        var secondLines = try LineFile(second)
        var (left, right) = (try firstLines.next(), try secondLines.next())
        // Lines that are the same need not be taken apart.
        while left != nil || right != nil {
            if left == right {
                (left, right) = (try firstLines.next(), try secondLines.next())
                continue
            }
            let lines = (left.flatMap { RecordLine($0) }, right.flatMap { RecordLine($0) })
            if let line = lines.0, lines.1.map({ RecordLine.precedes(line, $0) }) ?? true {
                body(Change(path: line.path, kinds: [.onlyFirst]))
                left = try firstLines.next()
            } else if let line = lines.1, lines.0.map({ RecordLine.precedes(line, $0) }) ?? true {
                body(Change(path: line.path, kinds: [.onlySecond]))
                right = try secondLines.next()
            } else {
                if let line = lines.0, let other = lines.1 {
                    let kinds = line.differences(from: other)
                    if !kinds.isEmpty { body(Change(path: line.path, kinds: kinds)) }
                }
                (left, right) = (try firstLines.next(), try secondLines.next())
            }
        }
    }
}

/// The lines of a file, one after the other.
struct LineFile: ~Copyable {
    private let file: Descriptor
    private let path: String
    private var block: [UInt8] = []
    private var start = 0

    init(_ path: String) throws(Failure) {
        self.path = path
        do throws(SystemCallError) {
            file = try Files.openRegular(path)
        } catch {
            throw Failure(.system, "Cannot read the record of a build", cause: error)
        }
    }

    /// The next line without its end; nil after the last one.
    mutating func next() throws(Failure) -> String? {
        while true {
            if let end = block[start...].firstIndex(of: UInt8(ascii: "\n")) {
                defer { start = end + 1 }
                return String(decoding: block[start..<end], as: UTF8.self)
            }
            let more: [UInt8]
            do throws(SystemCallError) {
                more = try file.read(upTo: 1 << 16)
            } catch {
                throw Failure(.system, "Cannot read the record of a build", cause: error)
            }
            guard !more.isEmpty else { return nil }
            block.removeFirst(start)
            start = 0
            block += more
        }
    }
}

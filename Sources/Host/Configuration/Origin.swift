/// The origin of a value.
public enum Origin: Sendable, Equatable {
    /// A line of a file; lines and columns count from 1.
    case file(path: String, line: Int, column: Int)
    /// An option of the command line.
    case option(String)
    /// A file or directory that sets the value by existing.
    case defaultPath(String)
    /// It is not set.
    case standard
}

extension Origin: CustomStringConvertible {
    public var description: String {
        switch self {
        case .file(let path, let line, let column): "\(path):\(line):\(column)"
        case .option(let name): name
        case .defaultPath(let path): path
        case .standard: "default"
        }
    }
}

/// One assignment to a setting, in the order in which they were read.
public struct Assignment: Sendable, Equatable {
    public var origin: Origin
    /// The text as it was written.
    public var text: String
    public var change: Change

    public enum Change: Sendable, Equatable {
        /// The value, in place of the earlier one.
        case set(Value)
        /// Elements after the earlier ones.
        case append(Value)
        /// Everything that was said before is forgotten.
        case reset
    }
}

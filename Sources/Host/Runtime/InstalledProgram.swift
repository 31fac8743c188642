import System

/// A program that is installed on the host or in a tree, as the start of a command line.
public struct InstalledProgram: Sendable, Equatable {
    /// The absolute path of the file that is executed: the program, or mkosi-sandbox, which starts it in its tree.
    public let path: String
    /// The arguments before the program's own.
    private let leading: [String]
    /// The name of the program.
    public let name: String

    public init(_ path: String) {
        self.init(path, leading: [], name: Paths.name(path))
    }

    init(_ path: String, leading: [String], name: String) {
        self.path = path
        self.leading = leading
        self.name = name
    }

    /// The arguments of the file that is executed, for arguments of the program.
    public func arguments(_ own: [String]) -> [String] { leading + own }

    /// The whole command line.
    public func words(_ own: [String]) -> [String] { [path] + arguments(own) }
}

public import Configuration
public import Support
public import Tools

extension HostFacts {
    /// The programs that verbs run for the user: those of the host, as the user's own `$PATH` finds them.
    public var tools: Tools {
        if let path = environment["PATH"] { Tools(searchPath: path) } else { Tools() }
    }

    /// Finds a program.
    ///
    /// - Parameters:
    ///   - name: Its name, or an absolute path.
    ///   - message: The sentence for a program that is not installed.
    ///   - alternative: What else the user can do about it.
    /// - Returns: Its path.
    /// - Throws: `missing` with the package that has the program.
    public func program(
        _ name: String,
        orFail message: @autoclosure () -> String,
        alternative: String? = nil
    ) throws(Failure) -> String {
        if let path = tools.find(name) { return path }
        throw Failure(.missing, message(), hint: packages.hint(name, or: alternative))
    }
}

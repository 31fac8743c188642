import Configuration
import Execution
import Support

/// `mkosi.version`, and the version that comes after the one in it.
struct ImageVersionFile {
    /// The file that holds the version.
    let path: String
    /// The program that says what comes next, where the project has one.
    let script: String?

    /// The file of the project in this directory.
    init(directory: String) {
        let inner = Paths.join(directory, "mkosi")
        func has(_ folder: String) -> Bool {
            ["mkosi.conf", "mkosi.tools.conf"].contains { Files.exists(Paths.join(folder, $0)) }
        }
        let project = !has(directory) && has(inner) ? inner : directory
        path = Paths.join(project, "mkosi.version")
        let script = Paths.join(project, "mkosi.bump")
        self.script = Files.exists(script) ? script : nil
    }

    /// The version after this one.
    func next(after version: String?, host: HostFacts) throws(Failure) -> String {
        if Files.isExecutable(path) {
            throw Failure(
                .configuration,
                "\(path) is a program, so there is no version in it that could be raised",
                hint: "Versions are raised in a mkosi.version that is a text file"
            )
        }
        guard let script else { return Self.successor(of: version) }
        guard Files.isExecutable(script) else {
            throw Failure(.configuration, "\(script) is not executable", hint: "chmod +x \(script)")
        }
        let text: String
        do {
            text = try host.readOutput(script)
        } catch {
            throw Failure(.command, "\(script) failed", cause: error)
        }
        let next = text.split(whereSeparator: \.isNewline).joined(separator: "\n").trimmingSpaces
        guard !next.isEmpty, !next.contains("\n") else {
            throw Failure(.configuration, "\(script) has to print one line, the new version")
        }
        return next
    }

    /// The version with its last component one higher, or with a new component when that is no number.
    static func successor(of version: String?) -> String {
        guard let version, !version.isEmpty else { return "1" }
        var parts = version.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard let last = parts.popLast(), let next = decimalSuccessor(of: last) else { return "\(version).2" }
        return (parts + [next]).joined(separator: ".")
    }

    private static func decimalSuccessor(of digits: String) -> String? {
        guard !digits.isEmpty, digits.utf8.allSatisfy({ (48...57).contains($0) }), let number = Int(digits),
            number < Int.max
        else { return nil }
        return String(number + 1)
    }

    func write(_ version: String) throws(Failure) {
        do throws(SystemCallError) {
            try Files.write(Array("\(version)\n".utf8), to: path)
        } catch {
            throw Failure(.system, "Cannot write the new version", cause: error)
        }
    }
}

extension String {
    fileprivate var trimmingSpaces: String {
        var text = self[...]
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }
}

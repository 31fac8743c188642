internal import CShims
internal import Glibc
internal import System

/// The program `mkosi-sandbox`.
public enum Program {
    public static let version = "0.1.0"

    /// Does what the command line of the process says, and returns the exit code.
    public static func run() -> Int32 {
        do throws(SandboxError) {
            let words = try arguments()
            let parser = try PlanParser(words, readDescriptor: readWords)
            switch parser.action {
            case .help:
                print(Usage.text)
            case .version:
                print("mkosi-sandbox \(version)")
            case .probe:
                print(try Supervisor(plan: parser.plan).probe())
            case .explain:
                print(try Supervisor(plan: parser.plan).explain(), terminator: "")
            case .run:
                return try Supervisor(plan: parser.plan).run()
            }
            return 0
        } catch {
            say(error.description)
            return error.exitCode
        }
    }

    /// Writes lines to standard error, each with the program's name.
    static func say(_ text: String) {
        let lines = text.split(separator: "\n").map { "mkosi-sandbox: \($0)\n" }.joined()
        var bytes = Array(lines.utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
            guard count > 0 || errno == EINTR else { return }
            bytes = bytes.dropFirst(max(0, count))
        }
    }

    private static func arguments() throws(SandboxError) -> [String] {
        var words: [String] = []
        for index in 1..<max(1, Int(CommandLine.argc)) {
            guard let pointer = CommandLine.unsafeArgv[index] else { break }
            guard let word = String(validatingCString: pointer) else {
                throw SandboxError("An argument is not UTF-8", path: String(cString: pointer))
            }
            words.append(word)
        }
        return words
    }

    private static func readWords(_ number: Int32) throws(SandboxError) -> [String] {
        let file = Descriptor(owning: number)
        let bytes = try file.contents(name: "options from the descriptor \(number)")
        var words: [String] = []
        for part in bytes.split(separator: 0, omittingEmptySubsequences: false) {
            guard let word = String(validating: part, as: UTF8.self) else {
                throw SandboxError("An argument is not UTF-8", path: String(decoding: part, as: UTF8.self))
            }
            words.append(word)
        }
        // Each word ends with a zero byte, so after the last one nothing follows; a missing last zero is forgiven.
        if words.last == "" { words.removeLast() }
        return words
    }
}

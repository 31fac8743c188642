import Configuration
import Execution
import Support
import System

/// `mkosi.version`, and the version that comes after the one in it.
struct ImageVersionFile {
    /// The file that holds the version.
    let path: String
    /// The program that says what comes next, where the project has one.
    let script: String?
    /// The place of the file: the directory of the project, and one in it.
    private let place: (directory: String, names: [String])

    /// The file of the project in this directory.
    init(directory: String) {
        let inner = Paths.join(directory, "mkosi")
        func has(_ directory: String) -> Bool {
            ["mkosi.conf", "mkosi.tools.conf"].contains { Files.exists(Paths.join(directory, $0)) }
        }
        let isInner = !has(directory) && has(inner)
        let project = isInner ? inner : directory
        place = (directory, isInner ? ["mkosi"] : [])
        path = Paths.join(project, "mkosi.version")
        let script = Paths.join(project, "mkosi.bump")
        self.script = Files.exists(script) ? script : nil
    }

    /// The version after this one.
    func next(after version: String?, host: HostFacts) throws(Failure) -> String {
        if Files.isExecutable(path) {
            throw Failure(
                .configuration,
                "\(path) is a program, so its version cannot be bumped",
                hint: "Make mkosi.version a text file to bump the version"
            )
        }
        guard let script else {
            guard version?.contains(where: \.isNewline) != true else {
                throw Failure(.configuration, "\(path) has more than one line, so its version cannot be bumped")
            }
            return Self.successor(of: version)
        }
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
        // It becomes part of the names of outputs, and the file would be refused when it is read.
        guard FileName(next) != nil, next.unicodeScalars.allSatisfy({ $0.properties.generalCategory != .control })
        else {
            throw Failure(.configuration, "\(script) printed \"\(next)\", which cannot be a part of a file name")
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

    /// One more, however many digits there are; nil for what is no number.
    private static func decimalSuccessor(of text: String) -> String? {
        var digits = Array(text.utf8.drop { $0 == UInt8(ascii: "0") })
        guard !text.isEmpty, text.utf8.allSatisfy({ (48...57).contains($0) }) else { return nil }
        for index in digits.indices.reversed() {
            if digits[index] < UInt8(ascii: "9") {
                digits[index] += 1
                return String(decoding: digits, as: UTF8.self)
            }
            digits[index] = UInt8(ascii: "0")
        }
        return "1" + String(decoding: digits, as: UTF8.self)
    }

    func write(_ version: String) throws(Failure) {
        do throws(SystemCallError) {
            try ProjectDirectory(place.directory, place.names)
                .write(Array("\(version)\n".utf8), as: Paths.name(path), mode: CallerMask.file)
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

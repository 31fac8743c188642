import Glibc
import Support
import System

/// `mkosi plugin new`: a plugin that passes the conformance suite, from the installed templates.
struct PluginTemplate {
    let name: String
    let language: String
    let kind: String
    let installation: Installation

    /// The created plugin.
    struct Made {
        var directory: String
        var files: [String]
        /// The command that builds the plugin, where it has to be built.
        var nextStep: String?
    }

    static let languages = ["swift", "c", "python", "shell"]
    static let kinds = ["distribution", "format", "artifact", "bootloader"]

    /// A file of the template, and what it is called in the plugin.
    private struct Source {
        var template: String
        var target: String
        var mode: mode_t = 0o644
    }

    func make(in directory: String) throws(Failure) -> Made {
        try checkName()
        guard Files.kind(of: directory) == nil else {
            throw Failure(.exists, "\(directory) already exists", hint: "Choose another name or --directory")
        }
        var files: [String] = []
        for source in sources {
            let path = Paths.join(directory, source.target)
            let text = try fill(read(source.template))
            do throws(SystemCallError) {
                try Files.makeDirectories(Paths.parent(path) ?? "/")
                try Files.write(Array(text.utf8), to: path, mode: source.mode & ~CallerMask.value)
            } catch {
                throw Failure(.system, "Cannot write \(path)", cause: error)
            }
            files.append(path)
        }
        let isBuilt = language == "swift" || language == "c"
        return Made(directory: directory, files: files, nextStep: isBuilt ? "make -C \(directory)" : nil)
    }

    private func checkName() throws(Failure) {
        let isName = name.utf8.allSatisfy { byte in
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: "-")
        }
        guard isName, name.first?.isLetter == true else {
            throw Failure(
                .usage,
                "\"\(name)\" is not a valid name for a plugin",
                hint: "Use lower case letters, digits and dashes"
            )
        }
    }

    private var sources: [Source] {
        let common = [
            Source(template: "\(kind).plugin.json", target: "plugin.json"),
            Source(template: "\(kind).check.json", target: "check.json"),
        ]
        switch language {
        case "swift":
            return common + [
                Source(template: "swift/\(kind).swift.template", target: "main.swift"),
                Source(template: "swift/Makefile", target: "Makefile"),
            ]
        case "c":
            return common + [
                Source(template: "c/\(kind).c", target: "plugin.c"),
                Source(template: "c/Makefile", target: "Makefile"),
            ]
        case "python": return common + [Source(template: "python/plugin.py", target: "plugin.py", mode: 0o755)]
        default:
            return common + [
                Source(template: "shell/plugin.sh", target: "plugin.sh", mode: 0o755),
                Source(template: "shell/protocol.sh", target: "protocol.sh"),
            ]
        }
    }

    private func read(_ file: String) throws(Failure) -> String {
        let path = Paths.join(installation.library, "templates/\(file)")
        do throws(SystemCallError) {
            return try Files.readText(path)
        } catch {
            throw Failure(
                .missing,
                "The template for \(kind) plugins in \(language) is not installed",
                hint: "It should be in \(path)",
                cause: error
            )
        }
    }

    /// Puts values in place of `@NAME@` and the like, and files in place of lines `@include FILE@`.
    private func fill(_ text: String) throws(Failure) -> String {
        let start =
            switch language {
            case "swift": #""executable": ["program"]"#
            case "c": #""library": "plugin.so""#
            case "python": #""executable": ["plugin.py"]"#
            default: #""executable": ["plugin.sh"]"#
            }
        let values = [
            ("@NAME@", name), ("@LANGUAGE@", language), ("@START@", start), ("@KIND@", kind),
            ("@LIBRARY@", installation.library), ("@INCLUDE@", Paths.join(installation.prefix, "include")),
        ]
        var lines: [String] = []
        for line in text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) {
            var line = line
            for (mark, value) in values { line = Self.replace(mark, by: value, in: line) }
            if let file = Self.includedFile(line) {
                lines.append(try fill(read(file)).dropLast().description)
            } else {
                lines.append(line)
            }
        }
        return lines.joined(separator: "\n")
    }

    private static func includedFile(_ line: String) -> String? {
        let words = line.split(separator: " ")
        guard words.count >= 2, words[words.count - 2] == "@include", let file = words.last, file.hasSuffix("@") else {
            return nil
        }
        return String(file.dropLast())
    }

    private static func replace(_ mark: String, by value: String, in line: String) -> String {
        var rest = line[...]
        var filled = ""
        while let start = rest.firstIndex(of: "@") {
            filled += rest[..<start]
            rest = rest[start...]
            if rest.hasPrefix(mark) {
                filled += value
                rest = rest.dropFirst(mark.count)
            } else {
                filled += "@"
                rest = rest.dropFirst()
            }
        }
        return filled + rest
    }
}

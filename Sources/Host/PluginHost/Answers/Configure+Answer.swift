import ByteKeys
public import PluginWire
public import Support
import System

extension ABI.V1.Configure: PluginRequest {
    public typealias Answer = ABI.V1.Configured

    /// Only these may be laid over the sandbox's own: programs always come from the system.
    private static let allowed = ["etc", "var"].compactMap { FileName($0) }

    public func check(_ answer: ABI.V1.Configured) throws(AnswerFlaw) {
        for file in answer.files {
            let path = RelativePath(String(file.path.dropFirst()))
            guard Paths.isAbsolute(file.path), let names = path?.names, names.count >= 3,
                Self.allowed.contains(names[0])
            else {
                throw AnswerFlaw(
                    "requested the file \(AnswerFlaw.quoted(file.path)) in the sandbox, which is not below a directory in "
                        + "/etc or /var"
                )
            }
            let mode = file.mode ?? 0o644
            guard (0...0o7777).contains(mode) else {
                throw AnswerFlaw("requested \(file.path) in the sandbox with the mode \(mode)")
            }
            if let source = file.source, !Paths.isAbsolute(source) {
                throw AnswerFlaw("requested a copy of \(AnswerFlaw.quoted(source)), which is not an absolute path")
            }
        }
        for command in answer.commands ?? [] { try Self.check(command) }
    }

    private static func check(_ command: ABI.V1.ScriptCommand) throws(AnswerFlaw) {
        let isPlain = command.name.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                true
            default: "-_.+".utf8.contains(byte)
            }
        }
        guard isPlain, FileName(command.name) != nil else {
            throw AnswerFlaw("provides scripts with a command named \(AnswerFlaw.quoted(command.name))")
        }
        guard let program = command.arguments.first, !program.isEmpty else {
            throw AnswerFlaw("provides scripts with the command \(command.name) without a program")
        }
        for name in (command.environment ?? [:]).keys where !name.isVariableName {
            throw AnswerFlaw("sets the variable \(AnswerFlaw.quoted(name)) for the command \(command.name)")
        }
    }
}

extension String {
    /// True if a shell can set a variable of this name.
    var isVariableName: Bool {
        let isDigit = { (byte: UInt8) in (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
        guard let first = utf8.first, !isDigit(first) else { return false }
        return utf8.allSatisfy { byte in
            isDigit(byte) || byte == UInt8(ascii: "_") || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
        }
    }
}

/// Writes the files that a plugin requests in the sandbox, below a directory that represents its `/`.
public enum ConfigurationFiles {
    public static func write(_ files: [ABI.V1.File], to directory: String) throws(Failure) {
        for file in files {
            let path = Paths.join(directory, String(file.path.dropFirst()))
            do throws(SystemCallError) {
                try Files.makeDirectories(Paths.parent(path) ?? directory)
                let bytes: [UInt8]
                if let source = file.source {
                    bytes = try Files.read(source)
                } else {
                    bytes = Array((file.text ?? "").utf8)
                }
                try Files.write(bytes, to: path, mode: UInt32(file.mode ?? 0o644) & 0o777)
            } catch {
                throw Failure(.system, "Cannot write \(file.path) for the sandbox", cause: error)
            }
        }
    }
}

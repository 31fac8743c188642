import Execution

/// The version of an installed program of systemd, on which its options depend.
public enum SystemdVersion {
    /// The number of the systemd that a program belongs to; 0 if it does not say.
    public static func of(_ program: InstalledProgram) -> Int {
        var command = Command(program.path, program.arguments(["--version"]))
        command.captureLimit = 1 << 16
        command.timeLimit = .seconds(10)
        guard let result = try? command.run(), result.status == .exited(0) else { return 0 }
        return number(in: String(decoding: result.output, as: UTF8.self))
    }

    /// The number in `systemd 252 (252.39-1~deb12u2)`.
    static func number(in text: String) -> Int {
        let words = text.split(whereSeparator: \.isWhitespace)
        guard words.count > 1, words[0] == "systemd" else { return 0 }
        return Int(words[1].prefix { $0.isNumber }) ?? 0
    }
}

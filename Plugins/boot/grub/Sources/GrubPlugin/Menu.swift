import BootKit

/// A part of GRUB's configuration: an entry for each kernel, for one kind of firmware.
struct Menu {
    /// `efi` or `pc`, as GRUB calls it.
    let platform: String
    private var lines: [String] = []

    /// The beginning of the configuration if the project has none.
    static let head = "set timeout=0\n"

    init(platform: String) { self.platform = platform }

    /// An entry that starts an EFI program.
    mutating func add(_ title: String, program: String) {
        add(title, ["chainloader \(Self.word(program))"])
    }

    /// An entry that starts a kernel.
    mutating func add(_ title: String, _ files: BootFiles, commandLine: [String]) {
        var commands = [["linux", files.kernel] + commandLine]
        if !files.initrds.isEmpty { commands.append(["initrd"] + files.initrds) }
        if let tree = files.deviceTree { commands.append(["devicetree", tree]) }
        add(title, commands.map { $0.map(Self.word).joined(separator: " ") })
    }

    private mutating func add(_ title: String, _ commands: [String]) {
        lines.append("    menuentry \(Self.word(title)) {")
        lines += commands.map { "        \($0)" }
        lines.append("    }")
    }

    /// The part, which is nothing to other kinds of firmware that use the same file.
    var text: String {
        (["if [ \"${grub_platform}\" == \"\(platform)\" ]; then"] + lines + ["fi"]).map { "\($0)\n" }.joined()
    }

    /// A word of GRUB's language, in quotation marks where it has characters that mean something there.
    static func word(_ text: String) -> String {
        let isPlain = text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                true
            default: Self.harmless.contains(byte)
            }
        }
        if isPlain, !text.isEmpty { return text }
        // Nothing has a meaning between these marks, and they cannot be there themselves. By bytes: as characters, one with
        // a combining mark behind it is another character, and would end the word.
        let parts = text.utf8.split(separator: UInt8(ascii: "'"), omittingEmptySubsequences: false)
        return parts.map { "'\(Substring($0))'" }.joined(separator: "\\'")
    }

    private static let harmless = Array("-_./=:,+@%".utf8)
}

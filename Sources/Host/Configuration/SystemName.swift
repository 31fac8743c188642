/// Names that the installed system reads, with the rules of systemd-firstboot(1).
public enum SystemName: Sendable {
    case timezone
    case hostname
    case locale
    case keymap

    /// A Boolean value indicating whether systemd takes the text for such a name.
    ///
    /// That the system has a time zone, a locale or a keymap of the name is another question, which only its tree
    /// can answer.
    public func accepts(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        guard !bytes.isEmpty else { return false }
        return switch self {
        case .timezone: Self.isTimezone(bytes)
        case .hostname: Self.isHostname(bytes)
        // Locale names are ll_CC.ENC@variant (gettext manual, "Locale Names").
        case .locale: bytes.count < 128 && bytes.allSatisfy(Self.in("_.-@")) && Self.isFileName(bytes)
        case .keymap: bytes.count < 128 && bytes.allSatisfy(Self.in("_.-@+")) && Self.isFileName(bytes)
        }
    }

    /// The allowed names, as a hint.
    var hint: String {
        switch self {
        case .timezone: "Write a name below /usr/share/zoneinfo, such as UTC or Europe/Berlin"
        case .hostname: "Allowed: at most 64 letters, digits, -, _ and ?, in labels with dots between them"
        case .locale: "Write a name such as C.UTF-8 or de_DE.UTF-8: letters, digits, _, ., - and @"
        case .keymap: "Write a name such as us or de-latin1: letters, digits, _, ., -, @ and +"
        }
    }

    /// The same as a regular expression, for editors.
    var pattern: String {
        switch self {
        case .timezone: "[A-Za-z0-9_+-]+(?:/[A-Za-z0-9_+-]+)*"
        case .hostname: "(?=.{1,65}$)[A-Za-z0-9_?][A-Za-z0-9_?-]*(?:\\.[A-Za-z0-9_?][A-Za-z0-9_?-]*)*\\.?"
        case .locale: "(?!\\.\\.?$)[A-Za-z0-9_.@-]{1,127}"
        case .keymap: "(?!\\.\\.?$)[A-Za-z0-9_.@+-]{1,127}"
        }
    }

    /// timezone_is_valid() of systemd: a relative path of plain components.
    private static func isTimezone(_ bytes: [UInt8]) -> Bool {
        let parts = bytes.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        return bytes.count < 4096 && parts.allSatisfy { !$0.isEmpty && $0.allSatisfy(Self.in("_+-")) }
    }

    /// hostname_is_valid() of systemd, which allows a dot at the end and `?` for a digit of the machine's id.
    private static func isHostname(_ bytes: [UInt8]) -> Bool {
        let name = bytes.last == UInt8(ascii: ".") ? bytes.dropLast() : bytes[...]
        guard name.count <= 64 else { return false }
        return name.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).allSatisfy { label in
            label.first != UInt8(ascii: "-") && label.last != UInt8(ascii: "-") && !label.isEmpty
                && label.allSatisfy(Self.in("_-?"))
        }
    }

    private static func isFileName(_ bytes: [UInt8]) -> Bool { bytes != Array(".".utf8) && bytes != Array("..".utf8) }

    /// Tests for ASCII letters, digits, and some more characters.
    private static func `in`(_ further: String) -> (UInt8) -> Bool {
        let further = Array(further.utf8)
        return { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                true
            default: further.contains(byte)
            }
        }
    }
}

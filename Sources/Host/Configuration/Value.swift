public import ByteKeys

/// The value of a setting after parsing.
public enum Value: Sendable, Equatable {
    case unset
    case bool(Bool)
    case integer(Int)
    /// Also paths, choices and features.
    case text(String)
    case list([String])
    case trees([Tree])
    case dictionary(ByteDictionary<String>)
    case password(Password)
    case source(Source)
    case drives([Drive])
    case kernelProfiles([KernelProfile])
    case credentials([Credential])

    /// The source of something, for example a key: a type of provider and the provider's name for it.
    public struct Source: Sendable, Equatable {
        public var type: String
        public var source: String

        /// A Boolean value indicating whether a provider or an engine of OpenSSL can have the name.
        static func isName(_ text: String) -> Bool {
            !text.isEmpty
                && text.utf8.allSatisfy { byte in
                    switch byte {
                    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
                        true
                    default: false
                    }
                }
        }
    }
}

/// A directory or archive, and where in the image its content goes.
public struct Tree: Sendable, Hashable {
    public var source: String
    /// An absolute path in the image; absent: its root.
    public var target: String?

    public init(source: String, target: String? = nil) {
        self.source = source
        self.target = target
    }
}

/// A root password.
public struct Password: Sendable, Equatable {
    public var text: String
    /// True if `text` is a hash, in the form of crypt(5), and not the password itself.
    public var isHashed: Bool

    public init(text: String, isHashed: Bool) {
        self.text = text
        self.isHashed = isHashed
    }
}

extension Value {
    public var text: String? {
        if case .text(let value) = self { value } else { nil }
    }

    public var list: [String]? {
        if case .list(let value) = self { value } else { nil }
    }

    var trees: [Tree]? {
        if case .trees(let value) = self { value } else { nil }
    }

    var drives: [Drive]? {
        if case .drives(let value) = self { value } else { nil }
    }

    var kernelProfiles: [KernelProfile]? {
        if case .kernelProfiles(let value) = self { value } else { nil }
    }

    var credentials: [Credential]? {
        if case .credentials(let value) = self { value } else { nil }
    }

    var dictionary: ByteDictionary<String>? {
        if case .dictionary(let value) = self { value } else { nil }
    }

    public var isUnset: Bool { self == .unset }

    /// The value as one word, for specifiers.
    var word: String? {
        switch self {
        case .unset: nil
        case .bool(let value): value ? "yes" : "no"
        case .integer(let value): String(value)
        case .text(let value): value
        case .list(let value): value.joined(separator: ",")
        case .trees, .dictionary, .password, .source, .drives, .kernelProfiles, .credentials: nil
        }
    }
}

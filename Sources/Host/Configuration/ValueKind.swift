/// The kind of a setting's value, which determines how its text is parsed.
public enum ValueKind: Sendable {
    case text
    /// A name without a slash.
    case fileName
    /// A place that a package manager or a download is told: a URL, or a path.
    case url
    /// A host name, a time zone, a locale or a keymap.
    case systemName(SystemName)
    case boolean
    /// A boolean or `auto`.
    case feature
    case integer(min: Int, max: Int)
    /// Bytes, with a suffix `K`, `M`, `G` or `T`; rounded up to whole pages.
    case size
    /// An access mode in octal notation.
    case mode
    /// A power of two from 512 to 4096.
    case sectorSize
    /// A UUID, or `random`.
    case uuid
    case path(PathRule)
    /// A path if something is there, else what a provider of keys or certificates calls it.
    case keyMaterial(secret: Bool)
    /// One of the words; `yes` and `no` are what a boolean means, where one is allowed.
    case choice([String], yes: String? = nil, no: String? = nil)
    /// A distribution, a format: the words come from the installed plugins.
    case distribution
    case format
    case architecture
    /// A compression's name, or a boolean.
    case compression
    /// A password, or its hash after `hashed:`.
    case password
    /// `TYPE` or `TYPE:SOURCE`.
    case source([String])
    /// A number, `auto` or `hash`.
    case socketID
    case minimumVersion
    case list(Element, ListRule = ListRule())
    case dictionary(DictionaryRule)

    /// The rules by which one path is read.
    public struct PathRule: Sendable {
        /// It has to exist.
        public var required: Bool
        /// It has to start with a slash.
        public var absolute: Bool
        /// Only its owner may read it.
        public var secret: Bool
        /// Words that are taken as they are.
        public var constants: [String]

        public init(
            required: Bool = false,
            absolute: Bool = false,
            secret: Bool = false,
            constants: [String] = []
        ) {
            self.required = required
            self.absolute = absolute
            self.secret = secret
            self.constants = constants
        }
    }

    /// The kind of one element of a list.
    public enum Element: Sendable {
        case text
        /// A path, or one of the words.
        case path([String] = [], required: Bool = false)
        /// A pattern; each path that it matches becomes an element, and a path without pattern characters in any case.
        case paths
        /// `SOURCE` or `SOURCE:TARGET`.
        case tree(required: Bool = false, absolute: Bool = true, directory: Bool = false)
        /// A regular expression, which is marked because patterns are in the same list.
        case expression
        case drive
        /// A file that describes a profile of unified kernel images.
        case kernelProfile
        /// `NAME=VALUE`, or a file, or a directory of files.
        case credential
        case choice([String])
        /// One of the words, or a boolean, which selects several.
        case choices([String], yes: [String], no: [String])
        /// The name of a profile: no slash.
        case profile
    }

    /// The rules by which the text of a list is split into elements; a line end always separates.
    public struct ListRule: Sendable {
        public var delimiter: UInt8
        /// True if quotes and backslashes protect delimiters.
        public var unescapes: Bool
        /// True if the result is sorted as packages are.
        public var sortsPackages: Bool
        /// True if the empty assignment forgets what was said before.
        public var resets: Bool

        public init(
            delimiter: UInt8 = UInt8(ascii: ","),
            unescapes: Bool = false,
            sortsPackages: Bool = false,
            resets: Bool = true
        ) {
            self.delimiter = delimiter
            self.unescapes = unescapes
            self.sortsPackages = sortsPackages
            self.resets = resets
        }
    }

    public enum DictionaryRule: Sendable {
        /// `KEY=VALUE`.
        case keyValue
        /// `NAME=VALUE`, or `NAME` for the value that the caller's environment has.
        case environment
    }
}

extension ValueKind {
    static let expressions = ValueKind.list(.expression)

    /// Words that are separated by spaces, with or without quotes.
    static func words(unescapes: Bool = false) -> ValueKind {
        .list(.text, ListRule(delimiter: UInt8(ascii: " "), unescapes: unescapes))
    }

    static let packages = ValueKind.list(.text, ListRule(sortsPackages: true))
    static let texts = ValueKind.list(.text)
    static let pathList = ValueKind.list(.path())
    static let existingPathList = ValueKind.list(.path(required: true))
    static let scripts = ValueKind.list(.paths)
    static let anyPath = ValueKind.path(PathRule())
    static let existingPath = ValueKind.path(PathRule(required: true))

    /// True if values are paths of the host whose files decide what a plugin makes of them.
    ///
    /// Paths in the image, which are absolute, and secrets are none: what is written down of an input stays for long.
    public var namesHostFiles: Bool {
        switch self {
        case .path(let rule): !rule.absolute && !rule.secret
        case .keyMaterial(let isSecret): !isSecret
        case .list(.path, _), .list(.paths, _), .list(.tree, _): true
        default: false
        }
    }

    /// True if values are paths of the host, of whatever kind of file.
    public var isPathOfHost: Bool { namesHostFiles || isSecretPath }

    /// True if values are paths of files that only their owner may read.
    public var isSecretPath: Bool {
        switch self {
        case .path(let rule): rule.secret
        case .keyMaterial(let isSecret): isSecret
        default: false
        }
    }

    /// True if later assignments add to earlier ones.
    public var isCollection: Bool {
        switch self {
        case .list, .dictionary: true
        default: false
        }
    }

    /// The words of kinds whose words are always the same; empty for all others.
    public var fixedWords: [String] {
        switch self {
        case .compression: ValueParser.compressions
        case .choice(let words, _, _), .list(.choice(let words), _): words
        case .architecture: Architecture.all
        default: []
        }
    }

    /// The placeholder of the argument in help.
    var standardMetavar: String {
        switch self {
        case .text, .fileName, .url: "TEXT"
        case .systemName: "NAME"
        case .boolean: "BOOL"
        case .feature: "FEATURE"
        case .integer: "NUMBER"
        case .size, .sectorSize: "BYTES"
        case .mode: "MODE"
        case .uuid: "UUID"
        case .path, .keyMaterial: "PATH"
        case .choice: "WORD"
        case .distribution: "DISTRIBUTION"
        case .format: "FORMAT"
        case .architecture: "ARCHITECTURE"
        case .compression: "COMPRESSION"
        case .password: "PASSWORD"
        case .source: "TYPE[:SOURCE]"
        case .socketID: "NUMBER"
        case .minimumVersion: "VERSION"
        case .list(.tree, _): "SOURCE[:TARGET]"
        case .list(.path, _), .list(.paths, _): "PATH"
        case .list(.credential, _): "NAME=VALUE"
        case .list: "LIST"
        case .dictionary: "NAME=VALUE"
        }
    }
}

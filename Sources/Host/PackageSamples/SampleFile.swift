/// One file of a package.
public struct SampleFile: Sendable {
    public enum Kind: Sendable {
        case directory
        case regular([UInt8])
        case symbolicLink(String)
        /// The absolute path, in the same package, of the file that this is another name of.
        case hardLink(String)
    }

    /// Absolute.
    public var path: String
    public var kind: Kind
    /// Permission bits with setuid, setgid and sticky.
    public var mode: UInt16
    public var user = "root"
    public var group = "root"
    /// Numbers of the owners, for formats that have these.
    public var userID: UInt32 = 0
    public var groupID: UInt32 = 0
    /// Seconds since 1970.
    public var modified: UInt32 = 1_700_000_000
    public var isConfiguration = false
    public var isDocumentation = false
    /// In the form of cap_from_text(3): `cap_net_raw=ep`.
    public var capabilities: String?

    public init(_ path: String, _ kind: Kind, mode: UInt16) {
        self.path = path
        self.kind = kind
        self.mode = mode
    }

    public static func directory(_ path: String, mode: UInt16 = 0o755) -> SampleFile {
        SampleFile(path, .directory, mode: mode)
    }

    public static func text(_ path: String, _ text: String, mode: UInt16 = 0o644) -> SampleFile {
        SampleFile(path, .regular(Array(text.utf8)), mode: mode)
    }

    public static func symbolicLink(_ path: String, to target: String) -> SampleFile {
        SampleFile(path, .symbolicLink(target), mode: 0o777)
    }

    /// With all attributes of the file that it is another name of, which are to be the same.
    public static func hardLink(_ path: String, to other: SampleFile) -> SampleFile {
        var file = other
        file.path = path
        file.kind = .hardLink(other.path)
        return file
    }

    /// The same file with another group.
    public func owned(group: String, _ number: UInt32) -> SampleFile {
        var file = self
        file.group = group
        file.groupID = number
        return file
    }

    /// The files with the directories that they are in, because some package managers make no others.
    static func withParents(_ files: [SampleFile]) -> [SampleFile] {
        var known = Set(files.map(\.path))
        var all: [SampleFile] = []
        for file in files {
            var parent = ""
            for component in file.path.split(separator: "/").dropLast() {
                parent += "/\(component)"
                if known.insert(parent).inserted { all.append(.directory(parent)) }
            }
            all.append(file)
        }
        return all
    }
}

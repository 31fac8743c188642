/// A package that is made for a test, independent of the format in which it is written.
public struct SamplePackage: Sendable {
    public var name: String
    public var version = "2.0"
    public var release = "1"
    public var epoch: Int?
    /// In the format's own terms; nil: it suits every machine.
    public var architecture: String?
    public var license = "MIT"
    /// The name of the source package; nil: that of the package.
    public var source: String?
    public var requires: [SampleRelation] = []
    /// Without what every package provides of itself.
    public var provides: [SampleRelation] = []
    public var conflicts: [SampleRelation] = []
    public var obsoletes: [SampleRelation] = []
    public var recommends: [SampleRelation] = []
    /// Selections that it belongs to, for formats in which a package names them.
    public var groups: [String] = []
    public var files: [SampleFile] = []
    /// Text for `/bin/sh`, by the moment at which it is run.
    public var scripts: [SampleMoment: String] = [:]
    /// True if the distribution installs it although nothing asks for it, where a format can say so.
    public var isEssential = false

    /// Packages, in the versions that matter, some of whose files this one has instead.
    public var takesFilesFrom: [SampleRelation] = []
    /// Paths of files of other packages that get another name, where a format can say so.
    public var diverts: [String] = []

    public init(_ name: String) { self.name = name }

    /// `EPOCH:VERSION-RELEASE`, as relations and answers have it.
    public var fullVersion: String { (epoch.map { "\($0):" } ?? "") + "\(version)-\(release)" }

    /// The name of the package with the shell of scripts.
    static let shellName = "shell"

    /// True if the shell has to be there before the package is installed.
    var needsShell: Bool { !scripts.isEmpty || !diverts.isEmpty }

    /// Bytes of all files.
    public var installedSize: Int {
        files.reduce(0) { sum, file in
            if case .regular(let content) = file.kind { sum + content.count } else { sum }
        }
    }
}

/// The moment at which a script of a package is run.
public enum SampleMoment: Sendable, Hashable {
    case beforeInstallation
    case afterInstallation
    case beforeRemoval
    case afterRemoval
}

/// A requirement, a capability or a conflict of a package.
public struct SampleRelation: Sendable, Hashable {
    /// The comparison of the version.
    public enum Comparison: Sendable, Hashable {
        case less
        case lessOrEqual
        case equal
        case greaterOrEqual
        case greater
    }

    /// A package, something that packages provide, or the path of a file.
    public var name: String
    public var comparison: Comparison?
    public var version: String?
    /// True if it has to be installed before the scripts of the package run.
    public var isForScripts = false

    public init(_ name: String, _ comparison: Comparison? = nil, _ version: String? = nil) {
        self.name = name
        self.comparison = comparison
        self.version = version
    }
}

extension SampleRelation: ExpressibleByStringLiteral {
    public init(stringLiteral name: String) { self.init(name) }
}

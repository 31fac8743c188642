import Support

/// Directories outside the tree by which scripts pass files on: to later scripts, to the image, to the user.
enum SharedDirectory: String, Sendable, CaseIterable {
    /// `$DESTDIR`: what the image gets of a build.
    case destination
    /// `$OUTPUTDIR`: outputs in addition to those of the format.
    case output
    /// `$PACKAGEDIR`: packages that can be installed like those of the distribution.
    case packages
    /// `$ARTIFACTDIR`: whatever scripts and the format want to tell each other.
    case artifacts

    /// The kinds of scripts that see it.
    func isSeen(by kind: ScriptKind) -> Bool {
        switch self {
        case .destination: kind == .build
        case .output: ScriptVariable.OUTPUTDIR.kinds.contains(kind) && kind.hasTree
        case .packages, .artifacts: kind.hasTree
        }
    }

    /// True if what earlier scripts have left is there when others begin.
    var isHandedOn: Bool { self != .destination }
}

/// The content of a shared directory at a time.
struct SharedContent: Sendable {
    var path: String
    /// The digest of the content; nil if it was not computed.
    var digest: String?
    var isEmpty: Bool
}

import Glibc
import Support
public import System

/// The programs that a build uses: those of the host, or those of another tree.
///
/// Paths of programs are as a sandbox has them: `/usr/bin/tar`, whatever the root is.
public struct Tools: Sendable, Equatable {
    /// The directory that has the programs' `/usr`; `/` for the host's own.
    public let root: String

    /// The directories of the programs below the root, separated by colons.
    public let searchPath: String

    /// - Parameters:
    ///   - root: The directory that has the programs' `/usr`.
    ///   - searchPath: That of the sandbox; for programs that a user runs themselves their `$PATH`.
    public init(root: String = "/", searchPath: String = SearchPath.standard) {
        self.root = root
        self.searchPath = searchPath
    }

    /// True if the programs are those of the host.
    public var isHost: Bool { root == "/" }

    /// The first executable file of this name on the search path.
    public func find(_ program: String) -> String? {
        let candidates =
            Paths.isAbsolute(program)
            ? [program] : searchPath.utf8.split(separator: UInt8(ascii: ":")).map { "\(Substring($0))/\(program)" }
        return candidates.first { path in
            isHost ? Files.isExecutable(path) : hostPath(of: path).map(Files.isExecutable) ?? false
        }
    }

    /// Returns the host's path of a path of the tools, all links followed inside of the root; nil when nothing is there.
    ///
    /// A link of another tree never leads to a file of the host.
    public func hostPath(of path: String) -> String? {
        if isHost { return Paths.resolved(path) }
        guard let top = Paths.resolved(root) else { return nil }
        var rest = Array(Paths.components(path).reversed())
        var done: [Substring] = []
        var links = 0
        while let part = rest.popLast() {
            if part == "." { continue }
            if part == ".." {
                _ = done.popLast()
                continue
            }
            let here = "\(top)/\((done + [part]).joined(separator: "/"))"
            guard let target = Paths.linkTarget(here) else {
                guard Files.kind(of: here) != nil else { return nil }
                done.append(part)
                continue
            }
            // As path_resolution(7) has it.
            links += 1
            if links > 40 { return nil }
            if Paths.isAbsolute(target) { done = [] }
            rest += Paths.components(target).reversed()
        }
        return done.isEmpty ? top : "\(top)/\(done.joined(separator: "/"))"
    }
}

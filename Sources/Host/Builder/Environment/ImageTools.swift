import Configuration
import Support
import System
import Tools

extension BuildEnvironment {
    /// The environment of an image's build, with the programs that `ToolsTree=` names.
    func with(toolsOf image: ImageConfiguration) -> BuildEnvironment {
        var environment = self
        environment.tools = image[.toolsTree].map { Tools(root: Paths.resolved($0) ?? $0) } ?? Tools()
        return environment
    }
}

/// Checks that the tree with an image's tools can be used.
enum ImageTools {
    static func check(_ image: ImageConfiguration) throws(Failure) {
        // One that mkosi would have to build is refused as not supported yet.
        guard !image.wantsDefaultTools, let path = image[.toolsTree] else { return }
        let hint = "It is set by \(image.origin(of: .toolsTree))"
        guard Files.isDirectory(path) else {
            throw Failure(.missing, "ToolsTree=\(path) is not a directory", hint: hint)
        }
        guard Files.isDirectory(Paths.join(path, "usr")) else {
            throw Failure(.configuration, "ToolsTree=\(path) has no /usr", hint: hint)
        }
    }
}

public import Configuration
public import Support
import System
public import Tools

extension BuildEnvironment {
    /// The environment of an image's build, with the programs that `ToolsTree=` names.
    func with(toolsOf image: ImageConfiguration) -> BuildEnvironment {
        var environment = self
        environment.tools = ImageTools.tree(image) ?? Tools()
        return environment
    }
}

/// The tree with an image's tools.
public enum ImageTools {
    /// The tools of `ToolsTree=PATH`; nil without one.
    ///
    /// - Throws: one sentence for a tree that cannot be used, or that mkosi would have to build.
    public static func usable(_ image: ImageConfiguration) throws(Failure) -> Tools? {
        try check(image)
        try refuseDefault(image)
        return tree(image)
    }

    static func tree(_ image: ImageConfiguration) -> Tools? {
        image[.toolsTree].map { Tools(root: Paths.resolved($0) ?? $0) }
    }

    /// Checks that the tree can be used.
    static func check(_ image: ImageConfiguration) throws(Failure) {
        guard !image.wantsDefaultTools, let path = image[.toolsTree] else { return }
        let hint = "It is set by \(image.origin(of: .toolsTree))"
        guard Files.isDirectory(path) else {
            throw Failure(.missing, "ToolsTree=\(path) is not a directory", hint: hint)
        }
        guard Files.isDirectory(Paths.join(path, "usr")) else {
            throw Failure(.configuration, "ToolsTree=\(path) has no /usr", hint: hint)
        }
    }

    /// Refuses a tree that mkosi would have to build.
    static func refuseDefault(_ image: ImageConfiguration) throws(Failure) {
        guard image.wantsDefaultTools else { return }
        let word = image.assignments(to: .toolsTree).last?.text ?? "default"
        throw Failure(
            .configuration,
            "ToolsTree=\(word) is not supported yet",
            hint: "Set by \(image.origin(of: .toolsTree)); ToolsTree=PATH uses the programs in a directory"
        )
    }
}

/// A path of the sandbox, taken apart by its text alone.
struct SandboxPath {
    /// The components without empty ones and `.`.
    let components: [Substring]

    init(_ text: some StringProtocol) {
        // By bytes: as characters, a slash with a combining mark behind it is another character.
        components = String(text).utf8.split(separator: UInt8(ascii: "/")).map { Substring($0) }.filter { $0 != "." }
    }

    private init(components: [Substring]) {
        self.components = components
    }

    var text: String {
        "/" + components.joined(separator: "/")
    }

    var last: String? {
        components.last.map(String.init)
    }

    var parent: SandboxPath {
        SandboxPath(components: components.dropLast())
    }

    func appending(_ name: String) -> SandboxPath {
        SandboxPath(components: components + SandboxPath(name).components)
    }

    /// Returns the path that a symlink at this path with some content points to.
    func following(_ content: String) -> SandboxPath {
        let target = SandboxPath(content)
        return content.utf8.first == UInt8(ascii: "/")
            ? target : SandboxPath(components: parent.components + target.components)
    }

    /// Directories for temporary files are open to all users.
    var isForTemporaryFiles: Bool {
        components.last == "tmp"
    }
}

import ByteKeys
import PluginWire
import Support
import System

extension ABI.V1.Run {
    /// The kinds of mounts that there are.
    private static let mountKinds = ["bind", "tmpfs", "overlay", "symlink", "dir"]

    /// Throws for members that no sandbox can do anything with.
    func check() throws(ErrorObject) {
        guard let program = arguments.first, !program.isEmpty else {
            throw Self.flaw("params.arguments is empty")
        }
        let texts = arguments + (environment ?? [:]).values + [workingDirectory, root, apiMounts].compactMap(\.self)
        guard !texts.contains(where: { $0.utf8.contains(0) }) else { throw Self.flaw("a string has a null byte in it") }
        for name in (environment ?? [:]).keys where !name.isVariableName {
            throw Self.flaw(
                "params.environment has the member \(AnswerFlaw.quoted(name)), which is not a valid name of a variable"
            )
        }
        if let network, network != "none", network != "host" {
            throw Self.flaw("params.network is \(AnswerFlaw.quoted(network)), not none or host")
        }
        for (name, path) in [("workingDirectory", workingDirectory), ("root", root), ("apiMounts", apiMounts)] {
            if let path { try Self.check(path, "params.\(name)") }
        }
        for (index, mount) in (mounts ?? []).enumerated() { try Self.check(mount, "params.mounts[\(index)]") }
    }

    private static func check(_ mount: ABI.V1.Mount, _ member: String) throws(ErrorObject) {
        guard mountKinds.contains(mount.kind) else {
            throw flaw("unknown kind of mount \(AnswerFlaw.quoted(mount.kind)) (\(member).kind)")
        }
        try check(mount.target, "\(member).target")
        switch mount.kind {
        case "bind": if let source = mount.source { try check(source, "\(member).source") }
        case "symlink":
            guard mount.source?.isEmpty == false else { throw flaw("\(member).source is missing") }
        case "overlay":
            guard mount.lower?.isEmpty == false || mount.upper != nil else { throw flaw("\(member).lower is missing") }
            for path in (mount.lower ?? []) + [mount.upper, mount.work].compactMap(\.self) { try check(path, member) }
        default: break
        }
    }

    private static func check(_ path: String, _ member: String) throws(ErrorObject) {
        let isClean = !Paths.components(path).contains { $0.utf8.elementsEqual("..".utf8) } && !path.utf8.contains(0)
        guard Paths.isAbsolute(path), isClean else {
            throw flaw("\(member) is not an absolute path: \(AnswerFlaw.quoted(path))")
        }
    }

    private static func flaw(_ message: String) -> ErrorObject {
        ErrorObject(code: .invalidParameters, message: message)
    }
}

import ByteKeys
import Glibc
public import Sandbox
import System

extension Tools {
    /// Directories of the root that are links into `/usr` on a merged system and directories on an older one.
    private static let usrLinks = ["bin", "sbin", "lib", "lib32", "lib64", "libx32"]

    /// Parts of `/etc` that belong to programs: libraries that the loader knows, and links that choose programs.
    private static let ownFiles = ["/etc/alternatives", "/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/ld.so.conf.d"]

    /// The steps that put `/usr`, and the directories of the root that lead into it, into a sandbox; read-only.
    public var systemSteps: [Plan.Step] {
        var steps = [Plan.Step.readOnly(hostPath(of: "/usr") ?? "/usr", at: "/usr")]
        for name in Self.usrLinks {
            let path = Paths.join(root, name)
            switch Files.kind(of: path) {
            case .some(S_IFLNK): steps.append(.symlink(content: "usr/\(name)", target: "/\(name)"))
            case .some: steps.append(.readOnly(path, at: "/\(name)"))
            case nil: break
            }
        }
        return steps
    }

    /// Runs a command with these programs in place of the host's; everything else is the host's own, to be changed as usual.
    ///
    /// The command keeps the caller's rights, processes, network and working directory: it is separated from nothing.
    ///
    /// - Parameters:
    ///   - command: The program, as the sandbox has it, and its arguments.
    ///   - isRoot: True if the caller needs no user namespace for mounts.
    /// - Returns: The plan for mkosi-sandbox.
    public func plan(entering command: [String], isRoot: Bool) -> Plan {
        var plan = Plan(command: command)
        plan.identity.userNamespace = !isRoot
        plan.sharesProcesses = true
        plan.workingDirectory = .same
        plan.environment = [.set(name: "PATH", value: searchPath)]
        plan.steps = Self.hostSteps + systemSteps
        for path in Self.ownFiles where Files.exists(path) {
            // Without a file of the host to mount it on, it would be made there.
            guard let source = hostPath(of: path) else { continue }
            plan.steps.append(.readOnly(source, at: path))
        }
        return plan
    }

    /// Everything in the host's root but its programs.
    private static var hostSteps: [Plan.Step] {
        let names = ((try? Files.list("/")) ?? []).sortedByBytes()
        return names.filter { $0 != "usr" && !usrLinks.contains($0) }.map { name in
            let path = "/\(name)"
            if let content = Paths.linkTarget(path) { return .symlink(content: content, target: path) }
            return .bind(Plan.Bind(source: path, target: path, isOptional: true))
        }
    }
}

import PluginWire
import Support

/// The sandbox that commands of a build run in, as options of `mkosi-sandbox`.
///
/// It holds the host's `/usr`, a few files of its `/etc`, this installation, the workspace and the caches, and the
/// package manager configuration laid over `/`; nothing else of the host can be seen.
struct BuildSandbox: Sendable {
    var installation: Installation
    var workspace: String
    var temporary: String
    /// Folders that commands may write to, at their own paths.
    var writable: [String]
    /// Folders that commands may read, at their own paths.
    var readable: [String]
    /// Laid over `/`: the folder's `etc/x` becomes `/etc/x`.
    var configuration: String?
    var variables: [String: String]
    /// Whether a step may use the network at all.
    var networkAllowed: Bool

    /// Folders of the root that are links into `/usr` on a merged system and folders on an older one.
    private static let usrLinks = ["bin", "sbin", "lib", "lib32", "lib64", "libx32"]

    /// What programs need to find libraries, certificates, names of users and hosts; no secrets are among them.
    private static let etcFiles = [
        "alternatives", "ca-certificates", "crypto-policies", "group", "hosts", "ld.so.cache", "ld.so.conf",
        "ld.so.conf.d", "localtime", "nsswitch.conf", "passwd", "pki", "protocols", "services", "ssl", "static",
    ]

    /// The whole argument list for `mkosi-sandbox`.
    func arguments(for run: ABI.V1.Run) throws(ErrorObject) -> [String] {
        var options = ["--become-root", "--suppress-sync", "--unshare-ipc"]
        if run.network == "host" {
            guard networkAllowed else {
                throw ErrorObject(
                    code: .invalidParameters,
                    message: "the plugin asked for the network in a step that has to work without it",
                    subject: run.arguments.first
                )
            }
            options += ["--resolve-conf", "/etc/resolv.conf"]
        } else {
            options.append("--unshare-net")
        }
        options += systemOptions()
        options += configurationOptions()
        for mount in run.mounts ?? [] { options += try mountOptions(mount) }
        if let path = run.apiMounts { options += apiOptions(below: path) }
        options += environmentOptions(run.environment ?? [:])
        if let directory = run.workingDirectory { options += ["--chdir", directory] }
        if let root = run.root { options += ["--chroot", root] }
        return options + ["--"] + run.arguments
    }

    private func systemOptions() -> [String] {
        var options = ["--ro-bind", "/usr", "/usr"]
        for name in Self.usrLinks {
            switch Files.kind(of: "/\(name)") {
            case .some(0o120000): options += ["--symlink", "usr/\(name)", "/\(name)"]
            case .some: options += ["--ro-bind", "/\(name)", "/\(name)"]
            case nil: break
            }
        }
        for name in Self.etcFiles { options += ["--ro-bind-try", "/etc/\(name)", "/etc/\(name)"] }
        options += ["--dev", "/dev", "--proc", "/proc", "--sys", "/sys"]
        options += ["--tmpfs", "/tmp", "--tmpfs", "/run", "--dir", "/root", "--bind", temporary, "/var/tmp"]
        options += ["--dir", "/var/lib", "--dir", "/var/cache", "--dir", "/var/log"]
        if !installation.library.hasPrefix("/usr/") {
            options += ["--ro-bind", installation.library, installation.library]
        }
        for path in readable where !path.hasPrefix("/usr/") { options += ["--ro-bind-try", path, path] }
        for path in [workspace] + writable { options += ["--bind", path, path] }
        return options
    }

    /// Mounts each second-level entry of the configuration, so that what the system has beside it stays visible.
    private func configurationOptions() -> [String] {
        guard let configuration, let tops = try? Files.list(configuration) else { return [] }
        var options: [String] = []
        for top in tops {
            for name in (try? Files.list("\(configuration)/\(top)")) ?? [] {
                options += ["--ro-bind", "\(configuration)/\(top)/\(name)", "/\(top)/\(name)"]
            }
        }
        return options
    }

    private func mountOptions(_ mount: ABI.V1.Mount) throws(ErrorObject) -> [String] {
        guard mount.target.hasPrefix("/") else {
            throw ErrorObject(
                code: .invalidParameters,
                message: "the target of a mount is not an absolute path: \"\(mount.target)\""
            )
        }
        let attempt = mount.optional == true ? "-try" : ""
        switch mount.kind {
        case "bind":
            let option = (mount.writable == true ? "--bind" : "--ro-bind") + attempt
            return [option, mount.source ?? mount.target, mount.target]
        case "tmpfs": return ["--tmpfs", mount.target]
        case "dir": return ["--dir", mount.target]
        case "symlink": return ["--symlink", mount.source ?? "", mount.target]
        case "overlay":
            var options = (mount.lower ?? []).flatMap { ["--overlay-lowerdir", $0] }
            if let upper = mount.upper { options += ["--overlay-upperdir", upper] }
            if let work = mount.work { options += ["--overlay-workdir", work] }
            return options + ["--overlay", mount.target]
        default:
            throw ErrorObject(code: .invalidParameters, message: "there is no mount of kind \"\(mount.kind)\"")
        }
    }

    /// What maintainer scripts expect to find in the tree that they run in.
    private func apiOptions(below path: String) -> [String] {
        [
            "--proc", "\(path)/proc", "--sys", "\(path)/sys", "--dev", "\(path)/dev",
            "--tmpfs", "\(path)/run", "--tmpfs", "\(path)/tmp",
        ]
    }

    private func environmentOptions(_ added: [String: String]) -> [String] {
        var all = [
            "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            "HOME": "/root",
            "LANG": "C.UTF-8",
            "TMPDIR": "/var/tmp",
        ]
        all.merge(variables) { $1 }
        all.merge(added) { $1 }
        return all.sorted { $0.key < $1.key }.flatMap { ["--setenv", $0.key, $0.value] }
    }
}

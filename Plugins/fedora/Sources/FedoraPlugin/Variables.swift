import DistributionKit
import PluginWire

/// The variables of repository definitions (`dnf.conf(5)`, "REPO VARIABLES").
enum Variables {
    /// Those of dnf itself, and those that are files of `/etc/dnf/vars`.
    static func of(_ context: ABI.V1.Context) -> [String: String] {
        var variables = RPMRepositories.variables(context)
        // Without a configuration it is about to be made.
        guard let configuration = context.configuration else {
            for file in files(context) {
                let name = file.path.split(separator: "/").last.map(String.init) ?? ""
                variables[name] = file.text?.split(whereSeparator: \.isNewline).first.map(String.init)
            }
            return variables
        }
        for directory in ["/etc/yum/vars", "/etc/dnf/vars"] {
            for name in SystemFile.names(in: configuration + directory) {
                guard let text = SystemFile.text("\(configuration)\(directory)/\(name)") else { continue }
                variables[name] = text.split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
            }
        }
        return variables
    }

    /// The files of `/etc/dnf/vars` that a distribution ships.
    static func files(_ context: ABI.V1.Context) -> [ABI.V1.File] {
        guard context.distribution == "centos" else { return [] }
        return [ABI.V1.File(path: "/etc/dnf/vars/stream", text: "\(context.release)-stream\n")]
    }
}

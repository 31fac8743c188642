import DistributionKit
import PluginWire

/// The tool `script`, inside the sandbox of a project's script: dnf and rpm, pointed at the tree.
enum ScriptTool {
    static func main(_ arguments: [String]) throws -> Int32 {
        try RPMScriptTool.main(arguments) { script, command, _ in
            try PlainCommand(arguments: words(script, scratch: command.scratch) + script.arguments).run()
        }
    }

    /// dnf with all of its state outside of the tree, and the indexes that the build has read already.
    private static func words(_ script: RPMScript, scratch: String) throws(ErrorObject) -> [String] {
        let isNew = DNF5.isInstalled
        for directory in ["cache", "log", "persist"] { try SystemFile.makeDirectories("\(scratch)/\(directory)") }
        var options = [
            "cachedir=\(scratch)/cache", "logdir=\(scratch)/log", "persistdir=\(scratch)/persist",
            "reposdir=/etc/yum.repos.d", "varsdir=/etc/dnf/vars",
            "install_weak_deps=\(script.recommends ? 1 : 0)", "ignorearch=1", "skip_if_unavailable=1", "keepcache=1",
        ]
        if isNew { options.append("use_host_config=0") }
        if !script.documentation { options.append("tsflags=nodocs") }
        var words = [
            isNew ? "dnf5" : "dnf", "--assumeyes", "--installroot=\(script.root)", "--releasever=\(script.release)",
            "--forcearch=\(script.architecture)", "--config=/etc/dnf/dnf.conf",
        ]
        words += options.map { "--setopt=\($0)" }
        if !script.checksKeys { words.append(isNew ? "--no-gpgchecks" : "--nogpgcheck") }
        return words + script.repositories.map { "--enablerepo=\($0)" }
    }
}

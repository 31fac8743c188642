import PluginWire

/// What a project's scripts get to work on the tree with: apt and dpkg under their own names, and short words for apt.
struct ScriptCommands {
    let context: ABI.V1.Context

    var all: [ABI.V1.ScriptCommand] {
        let options = aptOptions.flatMap { ["-o", $0] }
        let apt = ["apt", "apt-get", "apt-cache", "apt-mark"].map { name in
            ABI.V1.ScriptCommand(name: name, arguments: [name] + options, environment: environment)
        }
        let dpkg = ["dpkg", "dpkg-query"].map { name in
            ABI.V1.ScriptCommand(name: name, arguments: [name, "--root=${root}"], environment: environment)
        }
        let short = [
            ("mkosi-install", ["install"]), ("mkosi-reinstall", ["install", "--reinstall"]),
            ("mkosi-upgrade", ["upgrade"]), ("mkosi-remove", ["purge"]),
        ].map { name, words in
            ABI.V1.ScriptCommand(name: name, arguments: ["apt-get"] + options + words, environment: environment)
        }
        return apt + dpkg + short
    }

    private var environment: [String: String] {
        ["DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8", "INITRD": "No"]
    }

    /// The tree's own records of what is installed, and the indexes and packages that are kept between builds.
    private var aptOptions: [String] {
        [
            "Dir::State=${root}/var/lib/apt", "Dir::State::lists=\(context.cache)/lists",
            "Dir::State::status=${root}/var/lib/dpkg/status", "Dir::Cache=\(context.cache)",
            "Dir::Cache::archives=\(context.cache)/archives", "Dir::Log=\(context.cache)/log",
            "APT::Architecture=\(context.localArchitecture)", "APT::Architectures=\(context.localArchitecture)",
            "APT::Sandbox::User=root", "APT::Get::Assume-Yes=true", "Debug::NoLocking=true",
            "pkgCacheGen::ForceEssential=,", "DPkg::Options::=--root=${root}",
            "DPkg::Options::=--force-unsafe-io", "DPkg::Use-Pty=false", "DPkg::Install::Recursive::Minimum=1000",
        ]
    }
}

extension SamplePackage {
    /// The packages that a distribution plugin is tried with: each has something that installers get wrong.
    ///
    /// The scripts use nothing but the shell itself, of which `shell` has the files; see ``shell(_:)``.
    public static func set(shell: SamplePackage) -> [SamplePackage] {
        [fileSystem, shell] + [
            library, helper, tool, extra, enemy, lost, failing, newer, oldest, virtual, collection, replacement,
        ]
    }

    /// The directories and accounts of every system.
    public static var fileSystem: SamplePackage {
        var package = SamplePackage("filesystem")
        package.isEssential = true
        let directories = [
            "/dev", "/etc", "/proc", "/root", "/run", "/sys", "/usr", "/usr/bin", "/usr/lib", "/usr/lib64", "/usr/sbin",
            "/usr/share", "/usr/share/doc", "/var", "/var/lib", "/var/log", "/var/cache",
        ]
        package.files = directories.map { .directory($0) }
        package.files += ["/tmp", "/var/tmp"].map { .directory($0, mode: 0o1777) }
        package.files += ["bin", "sbin", "lib", "lib64"].map { .symbolicLink("/\($0)", to: "usr/\($0)") }
        package.files += [
            .text("/etc/passwd", "root:x:0:0:root:/root:/bin/sh\n"),
            .text("/etc/group", "root:x:0:\nmail:x:8:\n"),
            .text("/etc/os-release", "ID=sample\nNAME=Sample\nVERSION_ID=1\n"),
        ]
        return package
    }

    /// Gives the files of the shell and what it is linked with, by their paths.
    public static func shell(_ files: [SampleFile], architecture: String?) -> SamplePackage {
        var package = SamplePackage("shell")
        package.isEssential = true
        package.architecture = architecture
        package.requires = ["filesystem"]
        package.provides = ["/bin/sh"]
        package.files = files
        return package
    }

    /// Provides more than its name.
    public static var library: SamplePackage {
        var package = SamplePackage("library")
        package.epoch = 1
        package.requires = ["filesystem"]
        package.provides = [SampleRelation("virtual-library", .equal, "3")]
        package.files = [.text("/usr/lib/library.txt", "library\n")]
        package.source = "library-source"
        return package
    }

    public static var helper: SamplePackage {
        var package = SamplePackage("helper")
        package.requires = ["filesystem"]
        var program = SampleFile.text("/usr/bin/helper", "helper\n", mode: 0o755)
        program.capabilities = "cap_net_raw=ep"
        package.files = [program]
        return package
    }

    /// Needs others by name and version, by what they provide and by a file; has every kind of file, and scripts.
    public static var tool: SamplePackage {
        var package = SamplePackage("tool")
        package.release = "3"
        package.license = "MIT AND GPL-2.0-or-later"
        package.requires = [
            SampleRelation("library", .greaterOrEqual, "1:1.5"),
            SampleRelation("virtual-library", .greaterOrEqual, "2"),
            "/usr/bin/helper",
        ]
        package.recommends = ["extra"]
        let program = SampleFile.text("/usr/bin/tool", "tool\n", mode: 0o4755)
        var configuration = SampleFile.text("/etc/tool.conf", "default\n", mode: 0o640).owned(group: "mail", 8)
        configuration.isConfiguration = true
        var manual = SampleFile.text("/usr/share/doc/tool/README", "read\n")
        manual.isDocumentation = true
        package.files = [
            program, .hardLink("/usr/bin/tool-again", to: program), .symbolicLink("/usr/bin/tool-link", to: "tool"),
            configuration, .directory("/usr/share/doc/tool"), manual,
            SampleFile.directory("/var/lib/tool", mode: 0o2775).owned(group: "mail", 8),
            .text("/usr/share/ümlaut", "name\n"),
        ]
        package.scripts = [
            .beforeInstallation: "test ! -e /usr/bin/tool || exit 7\n",
            .afterInstallation:
                "read -r line </usr/lib/library.txt\necho \"configured with $line\" >/var/lib/tool/state\n",
            .beforeRemoval: ": >/var/lib/removing-tool\n",
            .afterRemoval: ": >/var/lib/removed-tool\n",
        ]
        return package
    }

    public static var extra: SamplePackage {
        var package = SamplePackage("extra")
        package.requires = ["filesystem"]
        package.files = [.text("/usr/share/extra", "extra\n")]
        return package
    }

    public static var enemy: SamplePackage {
        var package = SamplePackage("enemy")
        package.conflicts = ["tool"]
        return package
    }

    public static var lost: SamplePackage {
        var package = SamplePackage("lost")
        package.requires = ["nowhere-to-be-found"]
        return package
    }

    /// A package whose script fails.
    public static var failing: SamplePackage {
        var package = SamplePackage("failing")
        package.requires = ["shell"]
        package.files = [.text("/usr/share/failing", "failing\n")]
        package.scripts = [.beforeInstallation: "echo something is missing >&2\nexit 3\n"]
        return package
    }

    public static var newer: SamplePackage {
        var package = SamplePackage("several")
        package.version = "10"
        package.files = [.text("/usr/share/several", "10\n")]
        return package
    }

    /// Older than ``newer``, by numbers and not by text.
    public static var oldest: SamplePackage {
        var package = newer
        package.version = "9"
        package.files = [.text("/usr/share/several", "9\n")]
        return package
    }

    /// Something that two packages provide: one of them replaces a package of old.
    public static var virtual: SamplePackage {
        var package = SamplePackage("carrier")
        package.provides = [SampleRelation("transport", .equal, "1")]
        package.files = [.text("/usr/share/carrier", "carrier\n")]
        return package
    }

    public static var replacement: SamplePackage {
        var package = SamplePackage("carrier-next")
        package.provides = [SampleRelation("transport", .equal, "2")]
        package.obsoletes = [SampleRelation("carrier-classic", .less, "2")]
        package.conflicts = ["carrier"]
        package.files = [.text("/usr/share/carrier", "next\n")]
        return package
    }

    /// A selection of packages in the form of a package.
    public static var collection: SamplePackage {
        var package = SamplePackage("patterns-sample-tools")
        package.provides = [
            "pattern()", SampleRelation("pattern()", .equal, "sample_tools"), "pattern-visible()",
        ]
        package.requires = ["tool", "several"]
        return package
    }
}

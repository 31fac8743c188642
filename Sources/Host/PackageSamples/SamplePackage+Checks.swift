extension SamplePackage {
    /// Returns the packages that a plugin is tried with in addition to ``set(shell:)``.
    public static func further(foreign architecture: String) -> [SamplePackage] {
        [
            modes, names, odd, first, second, third, ring, other, selection, keeper, chooser, rival, random, endless,
            demanding, diverter, taker, foreign(architecture),
        ]
    }

    private static func plain(_ name: String, _ files: [SampleFile], needs: [SampleRelation] = []) -> SamplePackage {
        var package = SamplePackage(name)
        package.requires = ["filesystem"] + needs
        package.files = files
        return package
    }

    /// Files of every kind and with every permission.
    public static var modes: SamplePackage {
        var old = SampleFile.text("/usr/share/modes/old", "old\n")
        old.modified = 1_500_000_000
        return plain(
            "modes",
            [
                .directory("/usr/share/modes"), .directory("/usr/share/modes/empty"),
                .directory("/usr/share/modes/private", mode: 0o700),
                .text("/usr/share/modes/private/inside", "inside\n"),
                .text("/usr/share/modes/secret", "secret\n", mode: 0o600),
                .text("/usr/share/modes/nothing", ""), old,
                SampleFile.text("/usr/bin/grouped", "grouped\n", mode: 0o2755).owned(group: "mail", 8),
                .text("/usr/share/modes/large", largeText),
                .symbolicLink("/usr/share/modes/dangling", to: "nowhere/at all"),
                .symbolicLink("/usr/share/modes/absolute", to: "/usr/share/modes/old"),
            ]
        )
    }

    /// More than what programs copy at once.
    public static let largeText = (0..<40_000).map { "\($0)\n" }.joined()

    /// Files with names that scripts and lists get wrong.
    public static var names: SamplePackage {
        plain("names", [.directory(namesDirectory)] + fileNames.map { .text("\(namesDirectory)/\($0)", "\($0)\n") })
    }

    public static let namesDirectory = "/usr/share/names"
    public static let fileNames = [
        "with blanks", "quotes'\"", "dollar$HOME", "star*", "-dash", "semicolon;", "paren(thesis)", "at@sign", "漢字",
        String(repeating: "long", count: 50),
    ]

    /// The name of the package is unusual, but allowed in every format.
    public static var odd: SamplePackage { plain("libodd++2.0-name", [.text("/usr/share/odd", "odd\n")]) }

    /// Scripts of these three write to one file, in the order of what they need.
    private static func link(_ name: String, needs: [SampleRelation]) -> SamplePackage {
        var package = plain(name, [.text("/usr/share/\(name)", "\(name)\n")], needs: needs)
        package.scripts = [.afterInstallation: "echo \(name) >>/var/lib/order\n"]
        return package
    }

    // The names are not in the order of the alphabet.
    public static var first: SamplePackage { link("z-first", needs: []) }
    public static var second: SamplePackage { link("m-second", needs: ["z-first"]) }
    public static var third: SamplePackage { link("a-third", needs: ["m-second"]) }

    /// Two packages that need each other.
    public static var ring: SamplePackage { plain("ring", [.text("/usr/share/ring", "ring\n")], needs: ["ring-other"]) }
    public static var other: SamplePackage {
        plain("ring-other", [.text("/usr/share/ring-other", "other\n")], needs: ["ring"])
    }

    /// Nothing but dependencies.
    public static var selection: SamplePackage { plain("selection", [], needs: ["several"]) }

    /// Needs what the package `tool` needs, too.
    public static var keeper: SamplePackage { plain("keeper", [.text("/usr/share/keeper", "")], needs: ["library"]) }

    /// Two packages provide what it needs, and cannot both be installed.
    public static var chooser: SamplePackage {
        plain("chooser", [.text("/usr/share/chooser", "chooser\n")], needs: ["transport"])
    }

    /// Has a file of the package `extra`.
    public static var rival: SamplePackage { plain("rival", [.text("/usr/share/extra", "rival\n")]) }

    /// A package whose script writes something else each time.
    public static var random: SamplePackage {
        var package = plain("dice", [.text("/usr/share/throw", "none\n")])
        package.scripts = [
            .afterInstallation:
                "read -r line </proc/sys/kernel/random/uuid\necho \"$line\" >/usr/share/throw\n"
        ]
        return package
    }

    /// A script of it does not end.
    public static var endless: SamplePackage {
        var package = plain("endless", [.text("/usr/share/endless", "endless\n")])
        package.scripts = [.beforeInstallation: "while :; do :; done\n"]
        return package
    }

    /// Needs a version that does not exist.
    public static var demanding: SamplePackage {
        plain("demanding", [], needs: [SampleRelation("extra", .greaterOrEqual, "9")])
    }

    /// Has a file of `extra`, whose own one gets another name.
    public static var diverter: SamplePackage {
        var package = plain("diverter", [.text("/usr/share/extra", "diverter\n")])
        package.diverts = ["/usr/share/extra"]
        return package
    }

    /// Has a file of `extra` in its place.
    public static var taker: SamplePackage {
        var package = plain("taker", [.text("/usr/share/extra", "taker\n")])
        package.takesFilesFrom = ["extra"]
        return package
    }

    /// Made for another kind of machine.
    public static func foreign(_ architecture: String) -> SamplePackage {
        var package = plain("foreign", [.text("/usr/share/foreign", "foreign\n")])
        package.architecture = architecture
        return package
    }
}

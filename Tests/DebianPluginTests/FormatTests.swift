import ArchiveKit
import ByteKeys
import DistributionKit
import PluginWire
import System
import Testing

@testable import DebianPlugin

@Suite struct ControlFileTests {
    @Test func fieldsContinueOnIndentedLines() {
        let stanzas = ControlFile.stanzas("A: 1\nB:\n x\n y\n\n# a remark\nC: 2  \n")
        #expect(stanzas.count == 2)
        #expect(stanzas.first?["b"] == "\n x\n y")
        #expect(stanzas.last?["C"] == "2")
    }

    @Test func textIsWhatWasRead() {
        let text = "Package: a\nConffiles:\n /etc/a 0123\nDescription: ends in a blank \n more\n .\n lines\n"
        #expect(ControlFile.stanzas(text).map(\.text) == [text])
    }

    @Test func linesWithoutAFieldAreNoStanza() {
        #expect(ControlFile.stanzas("\n\n# only a remark\n\n").isEmpty)
    }
}

@Suite struct DebianVersionTests {
    @Test(arguments: [
        ("1.0", "1.0", 0), ("1.0", "1.1", -1), ("1.10", "1.9", 1), ("1.0~rc1", "1.0", -1), ("1.0~~", "1.0~", -1),
        ("1.0~~a", "1.0~~", 1), ("1:0.1", "9.9", 1), ("0:1.0", "1.0", 0), ("1.0-1", "1.0-2", -1), ("1.0", "1.0-0", 0),
        ("1.0-1+b1", "1.0-1", 1), ("1.0a", "1.0", 1), ("1.0+", "1.0a", 1), ("1.0.", "1.0+", 1), ("007", "7", 0),
        ("2.36-9+deb12u14", "2.36-9+deb12u4", 1), ("1.2-3-4", "1.2-3-3", 1), ("1.0-1~bpo12+1", "1.0-1", -1),
        ("99999999999999999999999", "99999999999999999999998", 1), ("a1", "1", 1), ("", "~", 1),
    ])
    func orders(left: String, right: String, expected: Int) {
        #expect(DebianVersion(left).compare(DebianVersion(right)).signum() == expected)
        #expect(DebianVersion(right).compare(DebianVersion(left)).signum() == -expected)
    }
}

@Suite struct RelationTests {
    @Test func alternativesAndConditionsAreRead() {
        let groups = Relation.parse("libc6 (>= 2.34), awk | mawk (<< 2) , python3:any, x [linux-any]")
        #expect(groups.map { $0.map(\.name) } == [["libc6"], ["awk", "mawk"], ["python3"], ["x"]])
        #expect(groups[0][0].operation == ">=")
        #expect(groups[1][1].version == "2")
    }

    @Test(arguments: [
        ("a (<< 2)", "1.9", true), ("a (<< 2)", "2", false), ("a (<= 2)", "2", true), ("a (= 2-1)", "2-1", true),
        ("a (= 2-1)", "2-2", false), ("a (>> 2)", "2+b1", true), ("a (>= 2~)", "2~rc1", true), ("a", "0", true),
    ])
    func conditionsHold(field: String, version: String, expected: Bool) {
        #expect(Relation.parse(field).first?.first?.allows(version) == expected)
    }
}

@Suite struct DecisionFileTests {
    @Test func namesAreBytes() {
        let overrides = "caf\u{e9} #7 644 /a\r\ncafe\u{301} #7 600 /b \u{301}c\n"
        let users: ByteDictionary<UInt32> = ["caf\u{e9}": 1, "cafe\u{301}": 2]
        let found = Diversions(diversions: [], overrides: overrides, users: users, groups: [:]).overrides
        #expect(found[BytePath("/a").normalized]?.user == 1)
        #expect(found[BytePath("/b \u{301}c").normalized]?.user == 2)
        #expect(Text.words("a \u{301}b\r\nc") == ["a", "\u{301}b", "c"])
        #expect(Text.lines("a\r\n\u{301}b\n\r\n") == ["a", "\u{301}b"])
    }

    @Test func diversionsMoveOtherPackagesFiles() {
        let text = "/usr/bin/a\n/usr/bin/a.distrib\nmine\n/usr/bin/b\n/usr/bin/b.local\n:\n"
        let diversions = Diversions(diversions: Array(text.utf8), overrides: "", users: [:], groups: [:])
        #expect(diversions.place(of: "usr/bin/a", package: "other") == "usr/bin/a.distrib")
        #expect(diversions.place(of: "usr/bin/a", package: "mine") == "usr/bin/a")
        #expect(diversions.place(of: "usr/bin/b", package: "mine") == "usr/bin/b.local")
        #expect(diversions.place(of: "usr/bin/c", package: "mine") == "usr/bin/c")
    }

    @Test func overridesKnowNamesAndNumbers() {
        let text = "root mail 2755 /usr/bin/x\n#7 #8 0600 /etc/with blank\nnobody-here root 644 /y\n"
        let diversions = Diversions(
            diversions: [],
            overrides: text,
            users: ["root": 0],
            groups: ["mail": 8, "root": 0]
        )
        #expect(diversions.overrides["usr/bin/x"] == Ownership(user: 0, group: 8, mode: 0o2755))
        #expect(diversions.overrides["etc/with blank"] == Ownership(user: 7, group: 8, mode: 0o600))
        #expect(diversions.overrides.count == 2)
    }

    @Test func theLastMatchingRuleCounts() {
        var filter = PathFilter()
        filter.add(
            configuration: "path-exclude=/usr/share/doc/*\npath-include /usr/share/doc/*/copyright\n#path-exclude=/*\n"
        )
        #expect(filter.excludes("usr/share/doc/a/README", isDirectoryOrLink: false))
        #expect(!filter.excludes("usr/share/doc/a/copyright", isDirectoryOrLink: false))
        #expect(!filter.excludes("usr/share/doc/a", isDirectoryOrLink: true))
        #expect(!filter.excludes("usr/bin/a", isDirectoryOrLink: false))
    }

    @Test func mergedDirectoriesHaveOneName() {
        let layout = TreeLayout(merged: ["bin", "lib"], hasMounts: true)
        #expect(layout.canonical("bin/sh") == "usr/bin/sh")
        #expect(layout.canonical("bin") == "bin")
        #expect(layout.canonical("sbin/x") == "sbin/x")
        #expect(layout.isMountedOver("run/x"))
        #expect(!layout.isMountedOver("usr/run/x"))
    }

    @Test func statusFilesAreRead() {
        let text = """
            Package: b
            Status: install ok installed
            Installed-Size: 3
            Architecture: all
            Source: src (1.5)
            Version: 2

            Package: a
            Status: install ok installed
            Architecture: amd64
            Version: 1-1

            Package: gone
            Status: deinstall ok config-files
            Architecture: amd64
            Version: 1

            """
        let packages = DebianPlugin.installed(Array(text.utf8))
        #expect(packages.map(\.name) == ["a", "b"])
        #expect(packages[0].source == "a" && packages[0].sourceVersion == "1-1")
        #expect(packages[1].source == "src" && packages[1].sourceVersion == "1.5" && packages[1].size == 3072)
    }

    @Test func licencesAndReasonsComeFromThePackagesAndApt() {
        let status = ["a", "b", "c"].map { name in
            "Package: \(name)\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1\n\n"
        }.joined()
        let files = [
            "a": """
            Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/

            Files: *
            Copyright: 2020 A
            License: GPL-2+ or Artistic
             The text.

            Files: lib/*
            License: MIT

            Files: debian/*
            License: BSD-3-clause

            License: MIT
             Permission is granted
            """,
            "b": "This is free software.\nLicense: GPL-2\n",
        ]
        let states = "Package: b\nArchitecture: amd64\nAuto-Installed: 1\n\nPackage: c\nAuto-Installed: 0\n"
        func packages(_ states: String?) -> [ABI.V1.InstalledPackage] {
            InspectTool.packages(status: Array(status.utf8), states: states.map { Array($0.utf8) }) { name in
                files[name].map { Array($0.utf8) }
            }
        }
        #expect(packages(states).map(\.requested) == [true, false, true])
        #expect(packages(nil).map(\.requested) == [nil, nil, nil])
        #expect(packages(nil).map(\.license) == ["(GPL-2+ or Artistic) AND MIT", nil, nil])
    }

    @Test func aHeaderStatesTheLicenceOfAPackage() {
        let text = """
            Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
            License: GPL-3+

            Files: *
            License: MIT
            """
        #expect(CopyrightFile.license(Array(text.utf8)) == "GPL-3+")
    }
}

import Glibc
import PackageSamples
import Support
import System

extension PackageChecks {
    /// The checks of packages' files in the tree.
    var ofFiles: [PackageCheck] {
        [
            PackageCheck("a setuid bit is kept") { () throws(CheckFailure) in
                try self.plain().expect(mode: 0o4755, at: "/usr/bin/tool")
            },
            PackageCheck("a setgid directory is kept", .setgidDirectories) { () throws(CheckFailure) in
                try self.plain().expect(mode: 0o2775, at: "/var/lib/tool")
            },
            PackageCheck("a sticky directory is kept") { () throws(CheckFailure) in
                try self.plain().expect(mode: 0o1777, at: "/var/tmp")
            },
            PackageCheck("two names of a file are hard links") { () throws(CheckFailure) in
                let image = try self.plain()
                let (one, other) = (try image.status("/usr/bin/tool"), try image.status("/usr/bin/tool-again"))
                try require(one.st_ino == other.st_ino, "/usr/bin/tool-again is a file of its own")
            },
            PackageCheck("a symbolic link is kept as it is") { () throws(CheckFailure) in
                try self.plain().expect(link: "tool", at: "/usr/bin/tool-link")
            },
            PackageCheck("directories that are links stay links") { () throws(CheckFailure) in
                for name in ["bin", "sbin", "lib"] { try self.plain().expect(link: "usr/\(name)", at: "/\(name)") }
            },
            PackageCheck("capabilities of files are kept", .capabilities) { () throws(CheckFailure) in
                let names = try self.plain().attributes(of: "/usr/bin/helper")
                try require(
                    names.contains("security.capability") || !BuiltImage.hasOwners,
                    "/usr/bin/helper has no capabilities"
                )
            },
            PackageCheck("a configuration file has its content and mode") { () throws(CheckFailure) in
                try self.plain().expect(text: "default\n", at: "/etc/tool.conf")
                try self.plain().expect(mode: 0o640, at: "/etc/tool.conf")
            },
            PackageCheck("groups of files are those that the tree knows by their names") { () throws(CheckFailure) in
                try self.plain().expect(group: 8, at: "/etc/tool.conf")
            },
            PackageCheck("names that are not ASCII are kept") { () throws(CheckFailure) in
                try self.plain().expect(text: "name\n", at: "/usr/share/ümlaut")
            },
            PackageCheck("documentation is installed") { () throws(CheckFailure) in
                try self.plain().expect(text: "read\n", at: "/usr/share/doc/tool/README")
            },
            PackageCheck("no log and no cache of the package manager is left") { () throws(CheckFailure) in
                try self.plain().expect(noFilesBelow: ["/var/log", "/var/cache"])
            },
            PackageCheck("nothing is left where programs put temporary files") { () throws(CheckFailure) in
                try self.plain().expect(noFilesBelow: ["/tmp", "/var/tmp", "/run"])
                // Builds remove what is there at their end, so a script looks before.
                let script = """
                    #!/bin/sh
                    for name in $(ls -A "$BUILDROOT/var/tmp"); do
                        echo "error: /var/tmp has $name"
                        exit 1
                    done
                    """
                _ = try self.successful(self.trial.build(packages: ["extra"], script: script))
            },
            PackageCheck("nothing is left in the home directory of root") { () throws(CheckFailure) in
                try self.plain().expect(noFilesBelow: ["/root"])
            },
            PackageCheck("nothing of what the build mounts is in the tree") { () throws(CheckFailure) in
                try self.plain().expect(noFilesBelow: ["/dev", "/proc", "/sys"])
            },
        ]
    }

    /// The same for files that are rare.
    var ofUnusualFiles: [PackageCheck] {
        let directory = SamplePackage.namesDirectory
        return [
            PackageCheck("a file without content is kept") { () throws(CheckFailure) in
                try self.varied().expect(text: "", at: "/usr/share/modes/nothing")
            },
            PackageCheck("a large file is whole") { () throws(CheckFailure) in
                try self.varied().expect(text: SamplePackage.largeText, at: "/usr/share/modes/large")
            },
            PackageCheck("an empty directory is kept") { () throws(CheckFailure) in
                try self.varied().expect(mode: 0o755, at: "/usr/share/modes/empty")
            },
            PackageCheck("a directory for root alone is kept, with what is in it") { () throws(CheckFailure) in
                try self.varied().expect(mode: 0o700, at: "/usr/share/modes/private")
                try self.varied().expect(text: "inside\n", at: "/usr/share/modes/private/inside")
            },
            PackageCheck("a file for root alone is kept") { () throws(CheckFailure) in
                try self.varied().expect(mode: 0o600, at: "/usr/share/modes/secret")
            },
            PackageCheck("a setgid program is kept, with its group") { () throws(CheckFailure) in
                try self.varied().expect(mode: 0o2755, at: "/usr/bin/grouped")
                try self.varied().expect(group: 8, at: "/usr/bin/grouped")
            },
            PackageCheck("times of files are those of the package") { () throws(CheckFailure) in
                let time = try self.varied().status("/usr/share/modes/old").st_mtim.tv_sec
                try require(time == 1_500_000_000, "/usr/share/modes/old has the time \(time) and not 1500000000")
            },
            PackageCheck("a symbolic link that leads nowhere is kept") { () throws(CheckFailure) in
                try self.varied().expect(link: "nowhere/at all", at: "/usr/share/modes/dangling")
            },
            PackageCheck("an absolute symbolic link is kept as it is") { () throws(CheckFailure) in
                try self.varied().expect(link: "/usr/share/modes/old", at: "/usr/share/modes/absolute")
            },
            PackageCheck("names with blanks and quotes are kept") { () throws(CheckFailure) in
                for name in ["with blanks", "quotes'\""] {
                    try self.varied().expect(text: name + "\n", at: "\(directory)/\(name)")
                }
            },
            PackageCheck("names with signs of the shell are kept") { () throws(CheckFailure) in
                for name in ["dollar$HOME", "star*", "semicolon;", "paren(thesis)", "-dash", "at@sign"] {
                    try self.varied().expect(text: name + "\n", at: "\(directory)/\(name)")
                }
            },
            PackageCheck("long names are kept") { () throws(CheckFailure) in
                for name in SamplePackage.fileNames where name.utf8.count >= 100 {
                    try self.varied().expect(text: name + "\n", at: "\(directory)/\(name)")
                }
            },
            PackageCheck("no file has another name than in its package") { () throws(CheckFailure) in
                let path = try self.varied().path + directory
                let names = ((try? Files.list(path)) ?? []).sorted()
                try require(
                    names == SamplePackage.fileNames.sorted(),
                    "\(directory) has \(names.count) files and not \(SamplePackage.fileNames.count)"
                )
            },
            PackageCheck("a file of another package is diverted, and keeps its content", .diversions) {
                () throws(CheckFailure) in
                let image = try self.successful(
                    self.trial.build(packages: ["extra", "diverter"], settings: "CleanPackageMetadata=no")
                )
                try image.expect(text: "diverter\n", at: "/usr/share/extra")
                try image.expect(text: "extra\n", at: "/usr/share/extra.diverted")
            },
            PackageCheck("a file is taken over from another package", .takenFiles) { () throws(CheckFailure) in
                let image = try self.successful(
                    self.trial.build(packages: ["extra", "taker"], settings: "CleanPackageMetadata=no")
                )
                try image.expect(text: "taker\n", at: "/usr/share/extra")
            },
        ]
    }
}

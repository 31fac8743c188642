import PackageSamples
import Support

extension PackageChecks {
    /// That packages are installed at all.
    var ofInstallation: [PackageCheck] {
        [
            PackageCheck("packages of a signed repository are installed") { () throws(CheckFailure) in
                _ = try self.plain()
            },
            PackageCheck("what resolve names is what install installs") { () throws(CheckFailure) in
                try self.plain().expect(names: ["filesystem", "helper", "library", "shell", "tool"])
            },
            PackageCheck("a package whose name has signs in it is installed") { () throws(CheckFailure) in
                try self.varied().expect(SamplePackage.odd.name)
                try self.varied().expect(text: "odd\n", at: "/usr/share/odd")
            },
            PackageCheck("packages that need each other are installed") { () throws(CheckFailure) in
                try self.varied().expect(text: "ring\n", at: "/usr/share/ring")
                try self.varied().expect(text: "other\n", at: "/usr/share/ring-other")
            },
            PackageCheck("a package without files installs what it needs") { () throws(CheckFailure) in
                try self.varied().expect("selection")
                try self.varied().expect(text: "10\n", at: "/usr/share/several")
            },
            PackageCheck("a package that is asked for twice is installed once") { () throws(CheckFailure) in
                let count = try self.varied().names.count { $0 == "extra" }
                try require(count == 1, "the manifest lists extra \(count) times")
            },
        ]
    }

    /// Scripts of packages.
    var ofScripts: [PackageCheck] {
        [
            PackageCheck("scripts of packages run, with what their packages need in place") { () throws(CheckFailure) in
                try self.plain().expect(text: "configured with library\n", at: "/var/lib/tool/state")
            },
            PackageCheck("scripts run once each, in the order of what their packages need") { () throws(CheckFailure) in
                try self.varied().expect(text: "z-first\nm-second\na-third\n", at: "/var/lib/order")
            },
            PackageCheck("scripts that run at a removal do not run at an installation") { () throws(CheckFailure) in
                for name in ["removing-tool", "removed-tool"] { try self.plain().expect(missing: "/var/lib/\(name)") }
            },
        ]
    }

    /// The checks of the chosen packages.
    var ofChoice: [PackageCheck] {
        [
            PackageCheck("weak dependencies are left out unless they are wanted", .weakDependencies) {
                () throws(CheckFailure) in
                try self.plain().expect("extra", isInstalled: false)
            },
            PackageCheck("weak dependencies are installed if they are wanted", .weakDependencies) {
                () throws(CheckFailure) in
                try self.full().expect("extra")
            },
            PackageCheck("documentation is left out if it is not wanted") { () throws(CheckFailure) in
                try self.full().expect(missing: "/usr/share/doc/tool/README")
            },
            PackageCheck("what is no documentation is installed without it, too") { () throws(CheckFailure) in
                try self.full().expect(text: "name\n", at: "/usr/share/ümlaut")
            },
            PackageCheck("the newest version is chosen, by numbers and not by text") { () throws(CheckFailure) in
                try self.small().expect(version: "10-1", of: "several")
            },
            PackageCheck("a version can be asked for", .severalVersions) { () throws(CheckFailure) in
                let word = self.trial.format.word("several", version: "9-1")
                let image = try self.successful(self.trial.build(packages: [word]))
                try image.expect(version: "9-1", of: "several")
            },
            PackageCheck("what packages provide can be asked for") { () throws(CheckFailure) in
                let image = try self.successful(self.trial.build(packages: ["virtual-library"]))
                try image.expect(names: ["filesystem", "library"])
            },
            PackageCheck("a path can be asked for", .paths) { () throws(CheckFailure) in
                let image = try self.successful(self.trial.build(packages: ["/usr/bin/helper"]))
                try image.expect(names: ["filesystem", "helper"])
            },
            PackageCheck("of packages that provide the same, the one that is asked for is installed") {
                () throws(CheckFailure) in
                try self.varied().expect(text: "carrier\n", at: "/usr/share/carrier")
                try self.varied().expect("carrier-next", isInstalled: false)
            },
            PackageCheck("of packages that provide the same and exclude each other, one is installed") {
                () throws(CheckFailure) in
                let image = try self.successful(self.trial.build(packages: ["chooser"]))
                let count = image.names.count { $0.hasPrefix("carrier") }
                try require(count == 1, "\(count) packages that provide transport were installed")
            },
        ]
    }
}

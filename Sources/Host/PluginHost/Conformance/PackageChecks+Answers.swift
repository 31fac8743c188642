import PackageSamples
import Support

extension PackageChecks {
    /// The checks of a plugin's answers about packages and files.
    var ofAnswers: [PackageCheck] {
        [
            PackageCheck("versions are those of the packages") { () throws(CheckFailure) in
                try self.plain().expect(version: "2.0-3", of: "tool")
            },
            PackageCheck("versions have their epochs", .epochs) { () throws(CheckFailure) in
                try self.plain().expect(version: "1:2.0-1", of: "library")
            },
            PackageCheck("architectures are those of the packages") { () throws(CheckFailure) in
                let own = self.trial.architecture
                for (name, wanted) in [("shell", own), ("tool", self.trial.format.anyArchitecture(in: own))] {
                    let found = try self.plain().package(name).architecture
                    try require(found == wanted, "the architecture of \(name) is \(found) and not \(wanted)")
                }
            },
            PackageCheck("sizes agree with the files") { () throws(CheckFailure) in
                // Some formats have them in units of 1024 bytes, and some add something for directories.
                let wanted = SamplePackage.modes.installedSize
                guard let size = try self.varied().package("modes").size else { return }
                try require(
                    size > wanted - 1024 && size < wanted + 65536,
                    "the size of modes is \(size), and its files have \(wanted) bytes"
                )
            },
            PackageCheck("source packages are those that the packages name") { () throws(CheckFailure) in
                guard let source = try self.plain().package("library").source else { return }
                try require(source == "library-source", "the source package of library is \(source)")
            },
            PackageCheck("licences are those of the packages", .licenses) { () throws(CheckFailure) in
                guard let license = try self.plain().package("tool").license else { return }
                try require(license == SamplePackage.tool.license, "the licence of tool is \(license)")
            },
            PackageCheck("the owner of a file is named") { () throws(CheckFailure) in
                try self.expectOwner(settings: "Packages=dice")
            },
            PackageCheck("the owner of a file of a later layer is named") { () throws(CheckFailure) in
                try self.expectOwner(settings: "VolatilePackages=dice")
            },
        ]
    }

    /// Builds an image twice, of which one file differs: its owner has to be named.
    private func expectOwner(settings: String) throws(CheckFailure) {
        let built = try trial.build(packages: ["extra"], settings: settings, arguments: ["--check-reproducible"])
        let lines = built.output.split(separator: "\n")
        guard lines.contains(where: { $0.contains("/usr/share/throw") || $0.contains("usr/share/throw") }) else {
            throw CheckFailure("the difference was not found: \(built.reason)")
        }
        try require(lines.contains { $0.contains("dice") }, "the package dice is not named")
    }
}

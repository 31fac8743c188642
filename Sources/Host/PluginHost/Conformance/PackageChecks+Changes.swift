import PackageSamples
import Support
import System

extension PackageChecks {
    /// A build whose packages are removed again in part.
    func small() throws(CheckFailure) -> BuiltImage {
        try build("small") { () throws(CheckFailure) in
            try successful(
                trial.build(
                    packages: ["tool", "several", "extra"],
                    settings: "CleanPackageMetadata=yes\nRemovePackages=tool"
                )
            )
        }
    }

    var ofRemoval: [PackageCheck] {
        [
            PackageCheck("a removed package is no longer listed") { () throws(CheckFailure) in
                try self.small().expect("tool", isInstalled: false)
            },
            PackageCheck("removal removes the files of a package") { () throws(CheckFailure) in
                for file in ["/usr/bin/tool", "/usr/bin/tool-again", "/usr/share/ümlaut"] {
                    try self.small().expect(missing: file)
                }
            },
            PackageCheck("removal removes configuration files") { () throws(CheckFailure) in
                try self.small().expect(missing: "/etc/tool.conf")
            },
            PackageCheck("removal runs the scripts of a package") { () throws(CheckFailure) in
                for name in ["removing-tool", "removed-tool"] {
                    try require(self.small().exists("/var/lib/\(name)"), "the script for /var/lib/\(name) did not run")
                }
            },
            PackageCheck("what only a removed package needed is removed") { () throws(CheckFailure) in
                try self.small().expect(names: ["extra", "filesystem", "several"])
            },
            PackageCheck("what others need stays when a package is removed") { () throws(CheckFailure) in
                let image = try self.successful(
                    self.trial.build(packages: ["tool", "keeper"], settings: "RemovePackages=tool")
                )
                try image.expect("library")
                try image.expect(text: "library\n", at: "/usr/lib/library.txt")
                try image.expect("helper", isInstalled: false)
            },
            PackageCheck("the removal of a package that is not installed changes nothing") { () throws(CheckFailure) in
                let image = try self.successful(
                    self.trial.build(packages: ["keeper"], settings: "RemovePackages=extra")
                )
                try image.expect(names: ["filesystem", "keeper", "library"])
            },
            PackageCheck("without its database nothing of the package manager is left") { () throws(CheckFailure) in
                for directory in ["/var/lib", "/usr/lib/sysimage", "/lib/apk"] {
                    let files = BuiltImage.files(below: try self.small().path + directory).filter { path in
                        !path.hasSuffix("-tool") && !path.hasSuffix("/tool/state")
                    }
                    try require(files.isEmpty, "\(directory) has \(files.prefix(3).joined(separator: ", "))")
                }
            },
        ]
    }

    /// Packages that are added to a tree that has some.
    var ofLaterLayers: [PackageCheck] {
        [
            PackageCheck("scripts of projects install and remove packages") { () throws(CheckFailure) in
                let image = try self.successful(
                    self.trial.build(
                        packages: ["tool", "extra"],
                        settings: "WithNetwork=yes",
                        script: "#!/bin/sh\nset -e\nmkosi-install several\nmkosi-remove extra\n"
                    )
                )
                try image.expect("several")
                try image.expect("extra", isInstalled: false)
            },
            PackageCheck("packages are installed into a later layer") { () throws(CheckFailure) in
                try self.layered().expect(names: ["extra", "filesystem", "helper", "library", "shell", "tool"])
            },
            PackageCheck("a later layer leaves the files of earlier ones as they are") { () throws(CheckFailure) in
                try self.layered().expect(text: "configured with library\n", at: "/var/lib/tool/state")
                try self.layered().expect(mode: 0o4755, at: "/usr/bin/tool")
                try self.layered().expect(text: "extra\n", at: "/usr/share/extra")
            },
            PackageCheck("one package more is installed on a kept layer") { () throws(CheckFailure) in
                try self.kept().expect(names: ["extra", "filesystem", "helper", "library", "shell", "tool"])
                try self.kept().expect(text: "extra\n", at: "/usr/share/extra")
            },
            PackageCheck("an image on a kept layer is the one of a build from scratch") { () throws(CheckFailure) in
                let fresh = try self.successful(self.trial.build(packages: ["tool", "extra"]))
                if let difference = try self.kept().difference(from: fresh) { throw CheckFailure(difference) }
            },
            PackageCheck("packages of the project's own are installed") { () throws(CheckFailure) in
                try self.local().expect(text: "local\n", at: "/usr/share/local")
            },
            PackageCheck("packages of the project's own are preferred to newer ones") { () throws(CheckFailure) in
                try self.local().expect(version: "8-1", of: "several")
            },
            PackageCheck("a lock file keeps the versions of packages") { () throws(CheckFailure) in
                let image = try self.trial.build(packages: ["extra"])
                _ = try self.successful(image)
                _ = try self.successful(self.trial.runAgain(["lock"]))
                let locked = try self.trial.withPackages(self.newerPackages()) { () throws(CheckFailure) in
                    try self.successful(self.trial.runAgain())
                }
                try locked.expect(version: "2.0-1", of: "extra")
            },
        ]
    }

    private func layered() throws(CheckFailure) -> BuiltImage {
        try build("layered") { () throws(CheckFailure) in
            try successful(trial.build(packages: ["tool"], settings: "VolatilePackages=extra"))
        }
    }

    private func kept() throws(CheckFailure) -> BuiltImage {
        try build("kept") { () throws(CheckFailure) in
            _ = try successful(trial.build(packages: ["tool"], arguments: ["--incremental=yes"]))
            return try successful(
                trial.runAgain(["--incremental=yes", "--force", "build"], packages: ["tool", "extra"])
            )
        }
    }

    private func local() throws(CheckFailure) -> BuiltImage {
        try build("local") { () throws(CheckFailure) in
            var own = SamplePackage("local")
            own.files = [.text("/usr/share/local", "local\n")]
            var old = SamplePackage.newer
            old.version = "8"
            let files = [try trial.file(of: own), try trial.file(of: old)]
            return try successful(
                trial.build(packages: ["local", "several"], settings: "PackageDirectories=own") { project in
                    try Files.makeDirectories(project + "/own")
                    for file in files { try Files.write(file.bytes, to: "\(project)/own/\(file.name)") }
                }
            )
        }
    }
}

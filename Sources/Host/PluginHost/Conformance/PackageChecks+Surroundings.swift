import PackageSamples
import Support

extension PackageChecks {
    var ofTheNetwork: [PackageCheck] {
        [
            PackageCheck("offline means offline: a build without its repository uses what is cached") {
                () throws(CheckFailure) in
                _ = try self.successful(self.trial.build(packages: ["extra"]))
                let image = try self.trial.withoutRepository { () throws(CheckFailure) in
                    try self.trial.runAgain(["--cache-only=always", "--force", "build"])
                }
                _ = try self.successful(image)
            },
            PackageCheck("offline means offline: what is not cached is an error") { () throws(CheckFailure) in
                try self.expectFailure(self.trial.build(packages: ["extra"], arguments: ["--cache-only=always"]))
            },
            PackageCheck("a cached index is not renewed if that is not wanted") { () throws(CheckFailure) in
                _ = try self.successful(self.trial.build(packages: ["extra"]))
                let image = try self.trial.withPackages(self.newerPackages()) { () throws(CheckFailure) in
                    try self.trial.runAgain(["--cache-only=metadata", "--force", "build"])
                }
                try self.successful(image).expect(version: "2.0-1", of: "extra")
            },
            PackageCheck("a new index is used although an older one is cached") { () throws(CheckFailure) in
                _ = try self.successful(self.trial.build(packages: ["extra"]))
                let image = try self.trial.withPackages(self.newerPackages()) { () throws(CheckFailure) in
                    try self.trial.runAgain()
                }
                try self.successful(image).expect(version: "3.0-1", of: "extra")
            },
        ]
    }

    /// The checks that the surroundings of a build do not matter.
    var ofTheSurroundings: [PackageCheck] {
        [
            PackageCheck("two builds have the same bytes") { () throws(CheckFailure) in
                let other = try self.successful(
                    self.trial.build(packages: ["tool"], settings: "CleanPackageMetadata=no")
                )
                if let difference = try self.plain().difference(from: other) { throw CheckFailure(difference) }
            },
            surrounding("the mask of the user does not matter", "umask 077"),
            surrounding(
                "the home directory of the user does not matter",
                """
                HOME=$PWD/home
                export HOME
                mkdir -p "$HOME/.config/dnf" "$HOME/.gnupg" "$HOME/.zypp"
                echo '%_dbpath /nowhere' >"$HOME/.rpmmacros"
                echo 'no-such-option' >"$HOME/.gnupg/gpg.conf"
                echo 'path-exclude=/usr/*' >"$HOME/.dpkg.cfg"
                """
            ),
        ]
    }

    private func surrounding(_ name: String, _ preparation: String) -> PackageCheck {
        PackageCheck(name) { () throws(CheckFailure) in
            let other = try self.successful(
                self.trial.build(
                    packages: ["tool"],
                    settings: "CleanPackageMetadata=no",
                    shell: preparation + "\nexec \"$0\" \"$@\""
                )
            )
            if let difference = try self.plain().difference(from: other) { throw CheckFailure(difference) }
        }
    }
}

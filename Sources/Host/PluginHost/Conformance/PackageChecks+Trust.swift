import PackageSamples
import Support

extension PackageChecks {
    /// The checks that untrusted data is refused before anything is written.
    var ofTrust: [PackageCheck] {
        [
            refused("an unsigned repository is refused", .unsigned),
            refused("a repository that is signed by another key is refused", .otherKey),
            refused("a repository whose key has expired is refused", .expired),
            refused(
                "an index that is not the one that was signed is refused, unless packages are signed",
                .changedIndex
            ),
            refused("a part of an index that is not the one of the signed index is refused", .changedPart, .indexParts),
            refused("an index that is no longer good is refused", .outdated, .datedIndexes),
            refused("a package that is not the one of the index is refused", .changed),
            refused("a package that is signed by another key is refused", .otherPackageKey, .signedPackages),
            PackageCheck("what was refused once is refused again, out of the cache") { () throws(CheckFailure) in
                try self.expectFailure(self.trial.build(.unsigned, packages: ["extra"]))
                try self.expectFailure(self.trial.runAgain(["--cache-only=always", "--force", "build"]))
            },
            PackageCheck("an unsigned repository is used if signatures are not to be checked") {
                () throws(CheckFailure) in
                _ = try self.successful(
                    self.trial.build(.unsigned, packages: ["extra"], arguments: ["--repository-key-check=no"])
                )
            },
        ]
    }

    private func refused(
        _ name: String,
        _ variant: RepositoryVariant,
        _ needs: SampleFormat.Feature...
    ) -> PackageCheck {
        var check = PackageCheck(name) { () throws(CheckFailure) in
            try self.expectFailure(self.trial.build(variant, packages: ["tool"]))
        }
        check.needs = needs
        return check
    }
}

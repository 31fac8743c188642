import PackageSamples
import Support

extension PackageChecks {
    /// Builds that fail say why.
    var ofErrors: [PackageCheck] {
        [
            failure("a package that does not exist is named", ["nowhere"], naming: ["nowhere"]),
            failure("a broken dependency is named", ["lost"], naming: ["lost", "nowhere-to-be-found"]),
            failure(
                "a version that does not exist, but is needed, is named",
                ["demanding"],
                naming: ["demanding", "extra"]
            ),
            failure("both packages of a conflict are named", ["tool", "enemy"], naming: ["tool", "enemy"]),
            failure("two packages with the same file are named", ["extra", "rival"], naming: ["extra", "rival"]),
            failure("a package for other machines is named", ["foreign"], naming: ["foreign"]),
            failure("a word that looks like an option is none", ["--version"], naming: ["-version"]),
            failure("a package whose script fails is named", ["failing"], naming: ["failing"], .failingScripts),
            PackageCheck("a repository that does not exist is named") { () throws(CheckFailure) in
                let built = try self.trial.withoutRepository { () throws(CheckFailure) in
                    try self.trial.build(packages: ["extra"])
                }
                try self.expectFailure(built, naming: ["repositories/good"])
            },
            PackageCheck("a build that was cancelled leaves no image, and can be repeated") { () throws(CheckFailure) in
                let built = try self.trial.build(
                    packages: ["endless"],
                    shell: """
                        "$0" "$@" &
                        count=0
                        while [ "$count" -lt 200 ] && kill -0 $!; do
                            sleep 0.1
                            count=$((count + 1))
                            [ "$count" -ne 50 ] || kill -INT $!
                        done
                        kill -KILL $! 2>/dev/null && exit 99
                        wait $!
                        """
                )
                try self.expectFailure(built)
                let again = try self.trial.runAgain(packages: ["extra"])
                try require(again.succeeded, "the next build failed: \(again.reason)")
            },
        ]
    }

    private func failure(
        _ name: String,
        _ packages: [String],
        naming words: [String],
        _ needs: SampleFormat.Feature...
    ) -> PackageCheck {
        var check = PackageCheck(name) { () throws(CheckFailure) in
            try self.expectFailure(self.trial.build(packages: packages), naming: words)
        }
        check.needs = needs
        return check
    }
}

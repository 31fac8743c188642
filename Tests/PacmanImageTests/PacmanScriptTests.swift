import PackageSamples
import Support
import System
import TestSupport
import Testing

/// What scripts of packages can reach that pacman runs.
@Suite(.enabled(if: PacmanProject.isPossible, "needs pacman and gpg on x86-64"), .serialized)
struct PacmanScriptTests {
    @Test("Builds that are ended or run out of space leave nothing, and the next image is whole", .needsRoot)
    func trials() throws {
        let pacman = try PacmanProject(configuration: "SourceDateEpoch=1700000000")
        let trials = try BuildTrials(project: pacman.project) { try pacman.mkosi($1, through: $0) }
        try trials.fullDisks(megabytes: Soak.isEnabled ? Array(1...16) : [2, 6])
        try trials.signals(moments: Soak.isEnabled ? 20 : 2)
    }

    @Test(
        "No technique leads out of a script that pacman runs",
        arguments: Soak.isEnabled ? TestUser.available : [TestUser.available[0]]
    )
    func scripts(user: TestUser) throws {
        let escapes = try ScriptEscapes()
        var package = SamplePackage("escape")
        package.requires = ["filesystem", "shell"]
        package.files = [SampleFile(ScriptEscapes.path, .regular(escapes.program), mode: 0o755)]
        package.scripts = [.afterInstallation: escapes.script + Self.reopening]
        let pacman = try PacmanProject(
            user: user,
            packages: PacmanProject.packages() + [package],
            configuration: "Packages=escape"
        )
        let result = try pacman.mkosi()
        #expect(result.succeeded, "\(result)")
        let outcomes = try Files.readText(pacman.image + ScriptEscapes.outcomes)
        let findings = try escapes.findings(outcomes, user: user, harmless: ["descriptors"])
        #expect(findings.isEmpty, "\(findings)")
        #expect(try Files.readText("\(pacman.image)/usr/share/reopened") == "")
    }

    /// pacman passes the descriptors of its packages on to scripts: they can read these files, and must not change them.
    private static let reopening = """
        for file in /proc/self/fd/*; do
            if [ "${file##*/}" -gt 2 ] && ( : 3>>"$file" ) 2>/dev/null; then echo "$file"; fi
        done >/usr/share/reopened

        """
}

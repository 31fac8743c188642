import PackageSamples
import Support
import System
import TestSupport
import Testing

/// What scripts of RPM packages can reach, with each program that installs them.
@Suite(.serialized)
struct RPMScriptTests {
    /// A package whose scripts try to get out.
    private static func package(_ escapes: ScriptEscapes) -> SamplePackage {
        var package = SamplePackage("escape")
        package.requires = ["filesystem", "shell"]
        package.files = [SampleFile(ScriptEscapes.path, .regular(escapes.program), mode: 0o755)]
        package.scripts = [.afterInstallation: escapes.script]
        return package
    }

    @Test(
        "No technique leads out of a script that rpm runs for dnf",
        .enabled(if: RPMProject.isPossible, "needs dnf, rpm, rpmkeys and gpgv"),
        arguments: Soak.isEnabled ? TestUser.available : [TestUser.available[0]]
    )
    func dnf(user: TestUser) throws {
        let escapes = try ScriptEscapes()
        let shell = SamplePackage.shell(try SampleShell.files(), architecture: "x86_64")
        let rpm = try RPMProject(
            user: user,
            settings: "Packages=escape\n",
            packages: SamplePackage.set(shell: shell) + [Self.package(escapes)]
        )
        let result = try rpm.mkosi()
        #expect(result.succeeded, "\(result)")
        let findings = try escapes.findings(Files.readText(rpm.image + ScriptEscapes.outcomes), user: user)
        #expect(findings.isEmpty, "\(findings)")
    }

    @Test(
        "Builds with dnf that are ended or run out of space leave nothing, and the next image is whole",
        .enabled(if: RPMProject.isPossible, "needs dnf, rpm, rpmkeys and gpgv"),
        .needsRoot
    )
    func trials() throws {
        let rpm = try RPMProject(settings: "Packages=tool\n")
        let trials = try BuildTrials(project: rpm.project) { try rpm.mkosi($1, through: $0) }
        try trials.fullDisks(megabytes: Soak.isEnabled ? Array(1...16) : [2, 6])
        try trials.signals(moments: Soak.isEnabled ? 20 : 2)
    }

    @Test(
        "Builds with zypper that are ended or run out of space leave nothing, and the next image is whole",
        .enabled(if: ZypperProject.isPossible, "needs zypper, rpm, rpmkeys and gpgv"),
        .inSoak,
        .needsRoot
    )
    func zypperTrials() throws {
        let zypper = try ZypperProject(settings: "Packages=tool\n")
        let trials = try BuildTrials(project: zypper.project) { try zypper.mkosi($1, through: $0) }
        try trials.fullDisks(megabytes: Array(1...16))
        try trials.signals(moments: 20)
    }

    @Test(
        "No technique leads out of a script that rpm runs for zypper",
        .enabled(if: ZypperProject.isPossible, "needs zypper, rpm, rpmkeys and gpgv"),
        arguments: Soak.isEnabled ? TestUser.available : [TestUser.available[0]]
    )
    func zypper(user: TestUser) throws {
        let escapes = try ScriptEscapes()
        let zypper = try ZypperProject(user: user, settings: "Packages=escape\n", further: [Self.package(escapes)])
        let result = try zypper.mkosi([])
        #expect(result.succeeded, "\(result)")
        let findings = try escapes.findings(Files.readText(zypper.image + ScriptEscapes.outcomes), user: user)
        #expect(findings.isEmpty, "\(findings)")
    }
}

import Execution
import Support
import System
import TestSupport
import Testing

/// What keeps a disk from being made that starts: one sentence says it, and nothing is left.
@Suite(.enabled(if: stubs.allSatisfy(Files.exists), "needs the stubs of systemd-boot-efi"))
struct BadBootInputTests {
    @Test("a program of systemd-boot that is missing is named")
    func missing() throws {
        let project = try BootRebuildTests.project()
        for (index, option) in ["--unified-kernel-images=unsigned", "--unified-kernel-images=none"].enumerated() {
            let path = "usr/lib/systemd/boot/efi/\(Paths.name(stubs[index]))"
            try runChecked(["rm", project.directory("project/mkosi.extra/\(path)")])
            let result = try project.mkosi(["--force", option, "build"])
            #expect(result.status == .exited(1), "\(result)")
            #expect(result.errors.contains("the image has no /\(path)"), "\(result)")
            #expect(result.errors.contains("hint: Add the package that has it"), "\(result)")
            try Self.checkNothing(project)
        }
    }

    @Test(
        "a key that is missing, one of another certificate and an expired certificate end the build before anything is made"
    )
    func keys() throws {
        let project = try BootRebuildTests.project()
        for name in ["one", "two"] {
            try runChecked(
                [
                    "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=\(name)", "-days", "30",
                    "-keyout", "\(name).key", "-out", "\(name).crt",
                ],
                in: project.directory.path
            )
        }
        try makeExpiredCertificate("old", in: project.directory)
        let right = Self.pair("secure-boot", project, "one", "one")
        for purpose in ["secure-boot", "sign-expected-pcr"] {
            for (key, certificate, file, problem) in [
                ("one", "two", "two.crt", "does not belong to"), ("old", "old", "old.crt", "expired"),
                ("one", "none", "none.crt", "No such file"), ("none", "one", "none.key", "No such file"),
            ] {
                var options = ["--force", "--secure-boot=yes"] + (purpose == "secure-boot" ? [] : right)
                options += Self.pair(purpose, project, key, certificate)
                let result = try project.build(options + ["build"])
                #expect(result.status == .exited(1), "\(result)")
                #expect(result.errors.contains(problem) && result.errors.contains(file), "\(purpose): \(result)")
                #expect(result.tasks("assemble").isEmpty && result.steps("success").isEmpty, "\(purpose): \(result)")
                try Self.checkNothing(project)
            }
        }
    }

    private static func pair(_ purpose: String, _ project: TinyProject, _ key: String, _ certificate: String)
        -> [String]
    {
        [
            "--\(purpose)-key=\(project.directory("\(key).key"))",
            "--\(purpose)-certificate=\(project.directory("\(certificate).crt"))",
        ]
    }

    /// Nothing of an image is among the files of the project.
    private static func checkNothing(_ project: TinyProject) throws {
        let files = try Files.list(project.project).filter { $0.hasPrefix("image") || $0.hasPrefix(".mkosi-image") }
        #expect(files.isEmpty)
    }
}

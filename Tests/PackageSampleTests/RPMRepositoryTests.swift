import Execution
import PackageSamples
import Support
import System
import TestSupport
import Testing

/// The packages and indexes that are made for tests, as the tools of their own format see them.
@Suite(.needsProgram("rpm"), .needsProgram("rpmkeys"), .needsProgram("gpgv"))
struct RPMRepositoryTests {
    private static let keys = Result { try RepositoryKeys() }

    private static func make(_ directory: borrowing TemporaryDirectory, _ variant: RepositoryVariant = .good) throws
        -> String
    {
        let shell = SamplePackage.shell(try SampleShell.files(), architecture: "x86_64")
        try RPMRepository.write(
            SamplePackage.set(shell: shell),
            groups: ["tools": ["tool"]],
            to: directory("repository"),
            variant: variant,
            keys: try keys.get()
        )
        return directory("repository")
    }

    private static func rpm(_ directory: borrowing TemporaryDirectory, _ arguments: [String]) throws -> RunResult {
        try run(
            ["rpm", "--define", "_dbpath \(directory("db"))"] + arguments,
            environment: plainEnvironment + ["HOME=\(directory.path)"]
        )
    }

    @Test(arguments: [RepositoryVariant.good, .unsigned, .otherKey, .changed])
    func rpmChecksSignaturesAndDigests(_ variant: RepositoryVariant) throws {
        let directory = try TemporaryDirectory()
        let repository = try Self.make(directory, variant)
        try directory.makeDirectory("db")
        let imported = try Self.rpm(directory, ["--import", repository + "/KEY.asc"])
        #expect(imported.succeeded, "\(imported)")
        let check = try run(
            [
                "rpmkeys", "--define", "_dbpath \(directory("db"))", "--define", "_pkgverify_level all", "-Kv",
                repository + "/packages/tool-2.0-3.noarch.rpm",
            ],
            environment: plainEnvironment + ["HOME=\(directory.path)"]
        )
        #expect(check.succeeded == (variant == .good), "\(check)")
        if variant == .good { #expect(check.output.contains("RSA/SHA256 Signature, key ID")) }
    }

    @Test func rpmReadsEveryTag() throws {
        let directory = try TemporaryDirectory()
        let repository = try Self.make(directory)
        let format =
            "%{nevra} %{license} %{sourcerpm} [%{filenames} %{filemodes:perms} %{fileusername}:%{filegroupname}\n]"
        let result = try Self.rpm(
            directory,
            ["-qp", "--nosignature", "--qf", format, repository + "/packages/tool-2.0-3.noarch.rpm"]
        )
        #expect(
            result.output == """
                tool-2.0-3.noarch MIT AND GPL-2.0-or-later tool-2.0-3.src.rpm /etc/tool.conf -rw-r----- root:mail
                /usr/bin/tool -rwsr-xr-x root:root
                /usr/bin/tool-again -rwsr-xr-x root:root
                /usr/bin/tool-link lrwxrwxrwx root:root
                /usr/share/doc/tool drwxr-xr-x root:root
                /usr/share/doc/tool/README -rw-r--r-- root:root
                /usr/share/ümlaut -rw-r--r-- root:root
                /var/lib/tool drwxrwsr-x root:mail

                """
        )
    }

    /// Installs into a new tree with rpm(8) alone, then has it verify what is there.
    @Test(.needsRoot) func rpmInstallsAndVerifies() throws {
        let directory = try TemporaryDirectory()
        let repository = try Self.make(directory)
        try directory.makeDirectory("root")
        let names = [
            "filesystem-2.0-1.noarch", "shell-2.0-1.x86_64", "library-2.0-1.noarch", "helper-2.0-1.noarch",
            "tool-2.0-3.noarch",
        ]
        let rpm = ["rpm", "--root", directory("root"), "--define", "_dbpath /usr/lib/sysimage/rpm", "--nosignature"]
        let environment = plainEnvironment + ["HOME=\(directory.path)"]
        let installed = try run(
            rpm + ["-i"] + names.map { "\(repository)/packages/\($0).rpm" },
            environment: environment
        )
        #expect(installed.succeeded, "\(installed)")
        #expect(
            try String(decoding: directory.read("root/var/lib/tool/state"), as: UTF8.self)
                == "configured with library\n"
        )
        let verified = try run(rpm + ["-Va"], environment: environment)
        #expect(verified.succeeded && verified.output.isEmpty, "\(verified)")
        let removed = try run(rpm + ["-e", "tool"], environment: environment)
        #expect(removed.succeeded, "\(removed)")
        #expect(Files.exists(directory("root/var/lib/removed-tool")))
    }

    @Test(arguments: RepositoryVariant.allCases) func gpgvChecksTheIndex(_ variant: RepositoryVariant) throws {
        let directory = try TemporaryDirectory()
        let repository = try Self.make(directory, variant)
        let index = repository + "/repodata/repomd.xml"
        let check = try run(["gpgv", "--keyring", repository + "/KEY.gpg", index + ".asc", index])
        let isGood = ![.unsigned, .otherKey, .changedIndex].contains(variant)
        #expect(check.succeeded == isGood || variant == .expired, "\(check)")
        if variant == .expired { #expect(check.errors.contains("expired"), "\(check)") }
    }
}

import PluginKit
import Support
import System
import TestSupport
import Testing

@testable import ArchPlugin

/// Whom the keys of a distribution make trustworthy: a packager for whom enough of the keys vouch that `NAME-trusted` has.
@Suite(.enabled(if: ["gpg", "gpg-agent", "gpgconf"].allSatisfy { Paths.findProgram($0) != nil }, "needs gnupg"))
struct WebOfTrustTests {
    private let directory: TemporaryDirectory
    private var masters: [String] = []

    init() throws {
        directory = try TemporaryDirectory()
        try runChecked(["mkdir", "--mode=700", directory("g")])
        try directory.makeDirectory("keyrings")
        try directory.write("a package\n", to: "package")
        var fingerprints: [String] = []
        for name in ["one", "two", "three", "packager"] {
            let made = try gpg(["--status-fd", "1", "--quick-gen-key", name, "ed25519", "default", "never"])
            let line = try #require(made.outputLines.first { $0.contains("KEY_CREATED") })
            fingerprints.append(String(try #require(line.split(separator: " ").last)))
        }
        masters = Array(fingerprints.dropLast())
        try gpg(["--local-user", "packager", "--detach-sign", directory("package")])
    }

    @discardableResult
    private func gpg(_ arguments: [String]) throws -> RunResult {
        try runChecked(
            ["gpg", "--homedir", directory("g"), "--batch", "--yes", "--pinentry-mode", "loopback", "--passphrase", ""]
                + arguments,
            environment: plainEnvironment
        )
    }

    /// The verdict on the packager's file where the list of trusted keys has these lines.
    private func verdict(_ lines: [String], revoked: [String] = []) throws -> GnuPGHome.Verdict {
        let keys = directory("keyrings/acme.gpg")
        try gpg(["--output", keys, "--export"])
        try directory.write(lines.map { "\($0)\n" }.joined(), to: "keyrings/acme-trusted")
        try directory.write(revoked.map { "\($0)\n" }.joined(), to: "keyrings/acme-revoked")
        let home = try GnuPGHome(keyrings: directory("keyrings"), channel: ToolChannel(path: nil))
        defer { home.remove() }
        return try home.verify(directory("package"), signature: directory("package.sig"))
    }

    private func vouch(_ master: String) throws {
        try gpg(["--local-user", master, "--quick-sign-key", packager()])
    }

    private func packager() throws -> String {
        let listed = try gpg(["--with-colons", "--list-keys", "packager"])
        let line = try #require(listed.outputLines.first { $0.hasPrefix("fpr:") })
        return String(try #require(line.split(separator: ":").last))
    }

    @Test("Three who are trusted marginally have to vouch, or one who is trusted fully; revoked keys do not count")
    func trust() throws {
        let marginal = masters.map { "\($0):4:" }
        for master in masters.prefix(2) { try vouch(master) }
        guard case .bad(let fault) = try verdict(marginal) else {
            Issue.record("Two of three are enough")
            return
        }
        #expect(fault.contains("not trusted"))
        try vouch(masters[2])
        let good = GnuPGHome.Verdict.good([try packager()])
        #expect(try verdict(marginal) == good)
        #expect(try verdict(marginal, revoked: [masters[0]]) != good)
        #expect(try verdict(["\(masters[0]):5:"]) == good)
        // Nobody of these has vouched for the packager.
        #expect(try verdict([]) != good)
    }
}

import PackageSamples
import Support
import System
import TestSupport
import Testing

/// Servers that are laid out as those of Debian's derivatives are, behind a proxy that sees which are asked for what.
@Suite(.serialized, .enabled(if: FamilyTests.Family.apt.isPossible, "needs apt-get, dpkg and gpgv"))
struct DebianMirrorTests {
    struct Distribution: CustomTestStringConvertible, Sendable {
        var name: String
        var release: String
        var keyring: String
        /// Each is a server with a directory, and its suites.
        var archives: [String]

        var testDescription: String { "\(name) \(release)" }
    }

    @Test(
        "A build asks the servers of the distribution for what it needs of the real layout, and for nothing else",
        arguments: [
            Distribution(
                name: "ubuntu",
                release: "noble",
                keyring: "ubuntu-archive-keyring.gpg",
                archives: [
                    "archive.ubuntu.com/ubuntu noble noble-updates", "security.ubuntu.com/ubuntu noble-security",
                ]
            ),
            Distribution(
                name: "kali",
                release: "kali-rolling",
                keyring: "kali-archive-keyring.gpg",
                archives: ["http.kali.org/kali kali-rolling"]
            ),
        ]
    )
    func realPaths(_ distribution: Distribution) throws {
        let directory = try TemporaryDirectory(openToAll: true)
        let keys = try RepositoryKeys()
        let packages = SamplePackage.set(shell: try FamilyTests.Family.apt.shell())
        var allowed: Set<String> = []
        for archive in distribution.archives {
            let words = archive.split(separator: " ").map(String.init)
            for suite in words.dropFirst() {
                // Packages are in the first suite; the others are there, and have nothing.
                try DebRepository.write(
                    suite == distribution.release ? packages : [],
                    release: suite,
                    architecture: "amd64",
                    to: directory("www/http:/\(words[0])"),
                    keys: keys
                )
                let lists = "http://\(words[0])/dists/\(suite)"
                allowed.formUnion(["\(lists)/InRelease", "\(lists)/main/binary-amd64/Packages"])
            }
        }
        try directory.write(
            keys.good.publicKey(),
            to: "project/mkosi.sandbox/usr/share/keyrings/\(distribution.keyring)"
        )
        try directory.makeDirectory("home")
        try directory.write(
            """
            [Distribution]
            Distribution=\(distribution.name)
            Release=\(distribution.release)
            Architecture=x86-64
            [Output]
            Format=directory
            [Content]
            Packages=several

            """,
            to: "project/mkosi.conf"
        )
        let server = try LoggedServer(directory("www"), log: directory("log"))
        let result = try run(
            [Stage.mkosi, "--proxy-url=\(server.url)", "build"],
            environment: plainEnvironment + ["HOME=\(directory("home"))"],
            in: directory("project")
        )
        #expect(result.succeeded, "\(result)")
        #expect(try Files.readText(directory("project/image/usr/share/several")) == "10\n")
        let requests = server.requests
        for suite in allowed where suite.hasSuffix("InRelease") { #expect(requests.contains(suite), "\(requests)") }
        let files = requests.filter { $0.hasSuffix(".deb") }
        let pool = "http://" + (distribution.archives[0].split(separator: " ").first ?? "") + "/pool/"
        #expect(files.contains { $0.hasPrefix("\(pool)several_10") } && files.allSatisfy { $0.hasPrefix(pool) })
        let others = requests.filter { !$0.hasSuffix(".deb") && !allowed.contains($0) }
        #expect(others.isEmpty, "\(others)")
    }
}

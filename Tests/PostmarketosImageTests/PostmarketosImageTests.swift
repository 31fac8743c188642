import PackageSamples
import Support
import System
import TestSupport
import Testing

/// Builds with repositories of apk that the test makes and signs; where the host has no apk, a script stands in
/// for it, and for nothing else.
@Suite(.enabled(if: TestUser.isRoot, "shows a program of its own among those of the host"))
struct PostmarketosImageTests {
    private let directory: TemporaryDirectory
    private let key: ApkKey

    init() throws {
        directory = try TemporaryDirectory()
        key = try ApkKey(name: "sample@example.org-1.rsa.pub")
        try directory.write(key.publicKey, to: "project/mkosi.sandbox/etc/apk/keys/\(key.name)")
        let program = try Files.read(Paths.join(Stage.packageRoot, "Tests/Fixtures/apk-stand-in.sh"))
        try directory.write(program, to: "programs/apk", mode: 0o755)
        try directory.makeDirectory("home")
        try directory.write(
            """
            [Distribution]
            Distribution=alpine
            Architecture=x86-64
            Mirror=file://\(directory("mirror"))
            [Output]
            Format=directory
            ManifestFormat=json
            [Content]
            Packages=tool
            CleanPackageMetadata=no
            """,
            to: "project/mkosi.conf"
        )
        try write(key: key)
    }

    private func packages() throws -> [ApkFile] {
        func package(_ name: String, _ path: String, _ text: String, _ change: (inout SamplePackage) -> Void = { _ in })
            throws -> ApkFile
        {
            var package = SamplePackage(name)
            package.files = [.text(path, text)]
            change(&package)
            return try ApkFile(package, key: key)
        }
        return [
            try package("alpine-baselayout", "/etc/passwd", "root:x:0:0:root:/root:/bin/sh\n"),
            try package("alpine-release", "/usr/lib/os-release", "ID=alpine\n"),
            try package("library", "/usr/lib/library.so.1", "1\n") { package in
                package.provides = [SampleRelation("so:library.so.1", .equal, "1")]
            },
            try package("tool", "/usr/bin/tool", "tool\n") { package in
                package.requires = [SampleRelation("so:library.so.1")]
            },
        ]
    }

    /// Writes the repositories `main`, and `community`, which has one package.
    private func write(key: ApkKey?) throws {
        for file in try packages() {
            try directory.write(file.bytes, to: "mirror/edge/main/x86_64/\(file.name)")
        }
        let index = try ApkFile.index(packages(), key: key, architecture: "x86_64")
        try directory.write(index, to: "mirror/edge/main/x86_64/APKINDEX.tar.gz")
        var further = SamplePackage("further")
        further.files = [.text("/usr/share/further", "further\n")]
        let file = try ApkFile(further, key: self.key)
        try directory.write(file.bytes, to: "mirror/edge/community/x86_64/\(file.name)")
        try directory.write(try ApkFile.index([file], key: key), to: "mirror/edge/community/x86_64/APKINDEX.tar.gz")
    }

    private static let hasApk = Paths.findProgram("apk") != nil

    /// Runs mkosi where apk, or the stand-in for it, is among the programs of the machine.
    private func mkosi(_ arguments: [String] = [], standsIn: Bool = !hasApk, limit: Double = 120) throws -> RunResult {
        let script = #"mount --bind "$1" /usr/local/bin && shift && exec "$@""#
        let command = standsIn ? ["unshare", "--mount", "sh", "-c", script, "sh", directory("programs")] : []
        return try run(
            command + [Stage.mkosi] + arguments,
            environment: plainEnvironment + ["HOME=\(directory("home"))"],
            in: directory("project"),
            limit: limit
        )
    }

    @Test func chosenPackagesAreHandedToApk() throws {
        let result = try mkosi()
        #expect(result.succeeded, "\(result)")
        let image = directory("project/image")
        #expect(try Files.readText("\(image)/usr/bin/tool") == "tool\n")
        #expect(try Files.readText("\(image)/usr/lib/os-release") == "ID=alpine\n")
        // What was asked for is in apk's list, and what is needed for it is not.
        let world = try Files.readText("\(image)/etc/apk/world").split(separator: "\n").sorted()
        #expect(world == ["alpine-baselayout", "alpine-release", "tool"])
        let manifest = try Files.readText("\(directory("project"))/image.manifest")
        #expect(manifest.contains(#""name": "library""#) && !manifest.contains("further"), "\(manifest)")
        for leftover in ["lib/apk/db/lock", "var/log/apk.log"] { #expect(!Files.exists("\(image)/\(leftover)")) }

        let more = try mkosi(["--force", "--package=further"])
        #expect(more.succeeded, "\(more)")
        #expect(Files.exists("\(image)/usr/share/further"))
    }

    @Test func whatIsNotTrustedIsRefused() throws {
        try write(key: nil)
        var result = try mkosi()
        #expect(!result.succeeded && result.errors.contains("is not signed"), "\(result)")
        try write(key: try ApkKey(name: key.name))
        result = try mkosi()
        #expect(!result.succeeded && result.errors.contains("does not match its signature"), "\(result)")
        try write(key: key)
        let file = try #require(try packages().last)
        var bytes = file.bytes
        bytes[bytes.count - 600] ^= 1
        try directory.write(bytes, to: "mirror/edge/main/x86_64/\(file.name)")
        result = try mkosi()
        #expect(!result.succeeded && result.errors.contains("tool"), "\(result)")
        #expect(!Files.exists(directory("project/image")))
        // A good copy later is taken.
        try write(key: key)
        result = try mkosi()
        #expect(result.succeeded, "\(result)")
    }

    @Test(.enabled(if: !hasApk, "is about hosts without apk"))
    func withoutApkTheErrorSaysSo() throws {
        let result = try mkosi(standsIn: false)
        #expect(!result.succeeded && result.errors.contains("needs apk, which is not installed"), "\(result)")
    }

    @Test func aLockFileHasTheDigests() throws {
        var result = try mkosi(["lock"])
        #expect(result.succeeded, "\(result)")
        let lock = try Files.readText(directory("project/mkosi.lock"))
        #expect(lock.contains("package library 2.0-r1") && !lock.contains("/packages/"), "\(lock)")
        result = try mkosi()
        #expect(result.succeeded, "\(result)")
    }
}

import Execution
import Support
import System
import TestSupport
import Testing

@Suite(.serialized)
struct TrustTests {
    @Test("A byte changed in the cache: the package is fetched again")
    func changedCache() throws {
        let tiny = try TinyProject()
        #expect(try tiny.mkosi().succeeded)
        let cached = try #require(try package("hello.tar", in: tiny))
        try flip(cached)
        let result = try tiny.build(["-f"])
        #expect(result.succeeded, "\(result)")
        #expect(result.tasks("fetch").first?["note"]?.hasPrefix("1 downloaded") == true)
        #expect(try Files.read(cached) == Files.read(tiny.directory("repository/hello.tar")))
    }

    @Test("A byte changed on the mirror: the build stops with the file and both digests, and writes nothing")
    func changedMirror() throws {
        let tiny = try TinyProject()
        try flip(tiny.directory("repository/hello.tar"))
        let result = try tiny.mkosi()
        #expect(result.status == .exited(1))
        #expect(result.errors.contains("hello.tar"))
        let digests = result.errors.matches(of: /[0-9a-f]{64}/).map { String($0.output) }
        #expect(Set(digests).count == 2, "\(result)")
        #expect(tiny.outputs.isEmpty)
        #expect(tiny.workspaces.isEmpty)
    }

    @Test("With the packages in the cache the build needs no network")
    func noNetwork() throws {
        let tiny = try TinyProject()
        #expect(try tiny.mkosi().succeeded)
        let result = try run(
            ["unshare", "--net", Stage.mkosi, "-f"],
            environment: tiny.environment(),
            in: tiny.project
        )
        #expect(result.succeeded, "\(result)")
    }

    @Test("While packages are installed there is no network, and none to be had")
    func installWithoutNetwork() throws {
        let tiny = try TinyProject()
        let plugin = tiny.directory("changed/tiny")
        try Files.makeDirectories(tiny.directory("changed"))
        try runChecked(["cp", "-r", "\(Stage.packageRoot)/Examples/plugins/python", plugin])
        let code = try Files.readText("\(plugin)/tiny.py")
        func build(replacing part: String, with other: String) throws -> RunResult {
            #expect(code.contains(part))
            try Files.write(code.replacing(part, with: other).utf8, to: "\(plugin)/tiny.py", mode: 0o755)
            return try run(
                [Stage.mkosi, "-f"],
                environment: tiny.environment(pluginPath: tiny.directory("changed")),
                in: tiny.project
            )
        }
        // Two lines of heading, and the loopback interface.
        let alone = try build(replacing: "'tar -x ", with: "'test $(wc -l < /proc/net/dev) = 3; tar -x ")
        #expect(alone.succeeded, "\(alone)")
        let asking = try build(replacing: "capture=capture)", with: "capture=capture, network=\"host\")")
        #expect(asking.status == .exited(1), "\(asking)")
        #expect(asking.errors.contains("distribution/install has to work without the network"), "\(asking)")
    }

    private func package(_ name: String, in tiny: TinyProject) throws -> String? {
        let store = tiny.directory("home/.cache/mkosi/packages")
        return try Files.list(store).map { "\(store)/\($0)/\(name)" }.first(where: Files.exists)
    }

    private func flip(_ path: String) throws {
        var bytes = try Files.read(path)
        bytes[600] ^= 1
        try Files.write(bytes, to: path)
    }
}

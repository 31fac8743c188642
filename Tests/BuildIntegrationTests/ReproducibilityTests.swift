import Support
import System
import TestSupport
import Testing

@Suite(.serialized)
struct ReproducibilityTests {
    @Test("Root and a user with a range give the same tar; one without a range says what is lost")
    func users() throws {
        var bytes: [TestUser: [UInt8]] = [:]
        for user in TestUser.available {
            let tiny = try TinyProject(user: user)
            let result = try tiny.mkosi()
            #expect(result.succeeded, "\(result)")
            bytes[user] = try Files.read("\(tiny.project)/image.tar")
            let warning = result.errorLines.filter { $0.contains("will belong to root") }
            #expect(warning.count == (user == .ordinary ? 1 : 0), "\(result)")
        }
        if TestUser.isRoot {
            #expect(bytes[.root] == bytes[.ordinaryWithRange])
            #expect(bytes[.root] != bytes[.ordinary])
        }
    }

    @Test("The caller's umask and locale do not change the image")
    func umask() throws {
        var bytes: [[UInt8]] = []
        for script in ["umask 022; exec \"$1\"", "umask 077; LC_ALL=C TZ=Asia/Tokyo exec \"$1\""] {
            let tiny = try TinyProject(configuration: "[Content]\nHostname=x")
            let result = try run(
                ["sh", "-c", script, "sh", Stage.mkosi],
                environment: tiny.environment(),
                in: tiny.project
            )
            #expect(result.succeeded, "\(result)")
            bytes.append(try Files.read("\(tiny.project)/image.tar"))
        }
        #expect(bytes[0] == bytes[1])
    }

    @Test("Two builds at different places and times give the same bytes", arguments: ["none", "zstd", "xz", "gz"])
    func places(compression: String) throws {
        var bytes: [[UInt8]] = []
        for _ in 0..<2 {
            let tiny = try TinyProject(configuration: "[Output]\nCompressOutput=\(compression)")
            let result = try tiny.mkosi()
            #expect(result.succeeded, "\(result)")
            let name = try #require(tiny.outputs.first { $0 != "image" })
            bytes.append(try Files.read("\(tiny.project)/\(name)"))
        }
        #expect(bytes[0] == bytes[1])
    }
}

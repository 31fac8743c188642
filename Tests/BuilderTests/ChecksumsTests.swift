import ByteKeys
import PluginWire
import TestSupport
import Testing

@testable import Builder

/// What gets into the file of checksums without being read, and how it is written.
@Suite
struct ChecksumsTests {
    private let first = String(repeating: "1", count: 64)
    private let second = String(repeating: "2", count: 64)

    @Test("A line is what sha256sum writes, whatever the name is", arguments: ["a b", "a\nb", "\r\n", "\\n", "é*"])
    func lines(name: String) throws {
        let directory = try TemporaryDirectory()
        try directory.write("x", to: name)
        let written = try runChecked(["sha256sum", "--binary", "--", name], in: directory.path).output
        let digest = written.drop { $0 == "\\" }.prefix(64)
        #expect(Checksums.line(String(digest), name) == written)
    }

    @Test("A digest is used for a file that no other output has made")
    func isUsed() {
        let outputs = [
            ABI.V1.Output(name: "image.crate", sha256: first),
            ABI.V1.Output(name: "image.part", role: "part"),
            ABI.V1.Output(name: "image.manifest", role: "part", sha256: first),
            ABI.V1.Output(name: "image.manifest", role: "manifest"),
            ABI.V1.Output(name: "image.twice", sha256: first),
            ABI.V1.Output(name: "image.twice", sha256: second),
            ABI.V1.Output(name: "image.often", sha256: first),
            ABI.V1.Output(name: "image.often"),
            ABI.V1.Output(name: "image.often", sha256: first),
            ABI.V1.Output(name: "extra", role: "extra"),
        ]
        #expect(Checksums.known(of: outputs) == ["image.crate": first])
        #expect(Checksums.known(of: outputs.reversed()) == ["image.crate": first])
    }
}

import TestSupport
import Testing

@testable import Build

/// What the file of checksums says.
@Suite
struct ChecksumsTests {
    @Test("A line is what sha256sum writes, whatever the name is", arguments: ["a b", "a\nb", "\r\n", "\\n", "é*"])
    func lines(name: String) throws {
        let folder = try TemporaryFolder()
        try folder.write("x", to: name)
        let written = try runChecked(["sha256sum", "--binary", "--", name], in: folder.path).output
        let digest = written.drop { $0 == "\\" }.prefix(64)
        #expect(Checksums.line(String(digest), name) == written)
    }
}

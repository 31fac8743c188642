import ByteKeys
import System
import Testing

@Suite struct FileNameTests {
    @Test(arguments: ["bash_5.2-1_amd64.deb", "...", "..a", ".hidden", "a b", "é", "\u{301}", "a\\b", "a\nb"])
    func acceptsNames(_ text: String) throws {
        let name = try #require(FileName(text))
        #expect(name.path(in: "/cache").utf8.elementsEqual("/cache/\(text)".utf8))
    }

    @Test(
        arguments: [
            "", ".", "..", "/", "a/b", "/etc/passwd", "../a", "a/..", "a\0b", String(repeating: "a", count: 256),
            // One Swift character each, and a slash to the kernel.
            "..\u{2f}\u{301}x", "a\u{2f}\u{200d}b", "a/\u{fe0f}",
        ]
    )
    func refusesPaths(_ text: String) {
        #expect(FileName(text) == nil)
        #expect(FileName.flaw(of: text) != nil)
    }

    @Test(arguments: ["a", "a/b", "a/..b/c", "a/b c/é"])
    func acceptsRelativePaths(_ text: String) throws {
        let path = try #require(RelativePath(text))
        #expect(path.text == text)
        #expect(path.path(below: "/top") == "/top/\(text)")
    }

    @Test(
        arguments: [
            "", "/", "/a", "a/", "a//b", ".", "..", "../a", "a/../b", "a/./b", "a/..", "a\0/b", "../\u{301}x",
        ]
    )
    func refusesPathsThatLeadElsewhere(_ text: String) {
        #expect(RelativePath(text) == nil)
    }

    @Test func namesAreTheirBytes() {
        let (composed, decomposed) = ("\u{e9}", "e\u{301}")
        #expect(composed == decomposed)
        #expect(FileName(composed) != FileName(decomposed))
        #expect(Set([ByteText(composed), ByteText(decomposed)]).count == 2)
        #expect(["b", decomposed, composed].map(ByteText.init).sorted().map(\.text.utf8.count) == [1, 3, 2])
    }

    @Test(
        arguments: [
            ("/a/b", "/a", "b"), ("/a", "/", "a"), ("a", nil, "a"), ("/", nil, "/"), ("/a/b//", "/a", "b"),
            ("/a/\u{301}b", "/a", "\u{301}b"), ("//", nil, "//"), ("a/b", "a", "b"),
        ]
    )
    func takesPathsApart(_ path: String, _ parent: String?, _ name: String) {
        #expect(Paths.parent(path) == parent)
        #expect(Paths.name(path) == name)
    }

    @Test func upwardsIsUpwardsWhateverFollows() {
        #expect(Paths.absolute("/a/b/../\u{301}c") == "/a/\u{301}c")
    }

    @Test func linesEndWithoutTheirEnds() {
        #expect("a\r\nb\nc".lines == ["a", "b", "c"])
        #expect("a\n\n".lines == ["a", ""])
        #expect("a\r\n\r\nb\r".lines == ["a", "", "b"])
        #expect("".lines.isEmpty)
        #expect("a\rb\n".lines == ["a\rb"])
    }

    @Test("A null byte does not end the path of a file that is opened")
    func nullBytes() {
        #expect {
            _ = try Descriptor.open("/dev/null\0.txt", 0).release()
        } throws: { error in
            (error as? SystemCallError)?.errno == 22
        }
    }
}

import Glibc
import System
import TestSupport
import Testing

/// Links of a tree lead to places in the tree.
@Suite
struct TreePlaceTests {
    @Test func linksStayInTheTree() throws {
        let directory = try TemporaryDirectory()
        try directory.write("inside", to: "tree/opt/kernel/file")
        try directory.makeDirectory("tree/usr/lib/modules")
        try directory.write("outside", to: "outside/file")
        func link(_ path: String, to target: String) throws {
            try systemCall("symlink", path) { symlink(target, directory("tree/\(path)")) }
        }
        try link("usr/lib/modules/6", to: "/opt/kernel")
        try link("usr/up", to: "../../../../outside")
        try link("usr/away", to: directory("outside"))
        try link("usr/loop", to: "loop")
        let root = directory("tree")
        #expect(Files.place("/usr/lib/modules/6/file", inTree: root) == "\(root)/opt/kernel/file")
        #expect(Files.place("opt/./kernel/../kernel", inTree: root) == "\(root)/opt/kernel")
        for path in ["usr/up/file", "usr/away/file", "usr/loop", "opt/kernel/file/more", "missing"] {
            #expect(Files.place(path, inTree: root) == nil, "\(path)")
        }
    }

    @Test("a slash is a slash whatever follows it")
    func slashesAreBytes() throws {
        let directory = try TemporaryDirectory()
        let mark = "\u{301}"
        try directory.write("inside", to: "tree/\(mark)a")
        try directory.write("outside", to: "\(mark)a")
        let root = directory("tree")
        for (name, target) in [("relative", "../\(mark)a"), ("absolute", "/\(mark)a")] {
            try directory.makeDirectory("tree/usr/lib")
            try systemCall("symlink", name) { symlink(target, directory("tree/usr/lib/\(name)")) }
        }
        #expect(Files.place("/../\(mark)a", inTree: root)?.utf8.elementsEqual("\(root)/\(mark)a".utf8) == true)
        #expect(Files.place("/usr/lib/absolute", inTree: root)?.utf8.elementsEqual("\(root)/\(mark)a".utf8) == true)
        // One level up from /usr/lib is /usr, which has no such file.
        #expect(Files.place("/usr/lib/relative", inTree: root) == nil)
    }
}

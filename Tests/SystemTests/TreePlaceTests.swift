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
}

import Glibc
import Support
import System
import TestSupport
import Testing
import Tools

/// Tools as a value: where programs are, and what they are on every machine that has the same.
@Suite struct ToolsTests {
    /// A root with a few programs, whose times are `age` seconds before now.
    private static func tools(
        _ directory: TemporaryDirectory,
        _ name: String,
        compiler: String = "compiler 1",
        age: Int
    ) throws -> Tools {
        let root = directory(name)
        try directory.write(compiler, to: "\(name)/usr/bin/cc", mode: 0o755)
        try directory.write("shell", to: "\(name)/usr/bin/sh", mode: 0o755)
        try directory.write("library", to: "\(name)/usr/lib/libx.so.1")
        try directory.write("header", to: "\(name)/usr/include/x.h")
        for path in ["usr/bin/cc", "usr/bin/sh", "usr/lib/libx.so.1", "usr/bin", "usr/lib", "usr/include"] {
            let time = timespec(tv_sec: time(nil) - age, tv_nsec: 0)
            #expect(utimensat(AT_FDCWD, "\(root)/\(path)", [time, time], 0) == 0)
        }
        return Tools(root: root)
    }

    @Test("Two hosts with the same tools have the same digest, whatever their paths and times")
    func sameToolsHaveTheSameDigest() throws {
        let directory = try TemporaryDirectory()
        let first = try Self.tools(directory, "first", age: 100)
        let second = try Self.tools(directory, "a/second", age: 5000)
        #expect(try first.digest(keptIn: directory("1")) == second.digest(keptIn: directory("2")))
    }

    @Test("Other tools have another digest, and a digest that was kept does not outlive a change")
    func otherToolsHaveAnotherDigest() throws {
        let directory = try TemporaryDirectory()
        let first = try Self.tools(directory, "first", age: 100)
        let second = try Self.tools(directory, "second", compiler: "compiler 2", age: 100)
        let digest = try first.digest(keptIn: directory("kept"))
        #expect(try digest != second.digest(keptIn: directory("other")))
        #expect(try digest == first.digest(keptIn: directory("kept")))
        // The same size, so that only the kernel's times and the content tell.
        try directory.write("compiler 3", to: "first/usr/bin/cc", mode: 0o755)
        #expect(try digest != first.digest(keptIn: directory("kept")))
        try directory.write("compiler 1", to: "first/usr/bin/cc", mode: 0o755)
        #expect(try digest == first.digest(keptIn: directory("kept")))
        try directory.write("", to: "first/usr/lib/libx.so.2")
        #expect(try digest != first.digest(keptIn: directory("kept")))
    }

    @Test("Links of a tree are followed inside of it")
    func linksStayInside() throws {
        let directory = try TemporaryDirectory()
        let tools = try Self.tools(directory, "tree", age: 1)
        let root = try #require(Paths.resolved(tools.root))
        let links = [("usr/bin", "bin"), ("/etc/secret", "usr/bin/out"), ("../../../../usr/bin/cc", "usr/bin/c99")]
        for (target, name) in links { #expect(symlink(target, "\(root)/\(name)") == 0) }
        try directory.write("", to: "tree/etc/secret")
        #expect(tools.hostPath(of: "/bin/cc") == "\(root)/usr/bin/cc")
        #expect(tools.hostPath(of: "/usr/bin/out") == "\(root)/etc/secret")
        #expect(tools.hostPath(of: "/usr/bin/c99") == "\(root)/usr/bin/cc")
        #expect(tools.hostPath(of: "/usr/bin/missing") == nil)
        #expect(tools.find("cc") == "/usr/bin/cc")
        #expect(tools.find("c99") == "/usr/bin/c99")
        #expect(tools.find("missing") == nil)
    }
}

import ArchiveKit
import Foundation
import System
import TestSupport
import Testing

/// cpio as the kernel reads it, unpacked by cpio(1).
@Suite struct InitrdArchiveTests {
    @Test func cpioUnpacksWhatWasPacked() throws {
        let scratch = try TemporaryDirectory()
        let tree = try scratch.makeDirectory("tree")
        let commands = "cd \(tree) && mkdir a && echo hello >a/f && ln a/f a/g && ln -s f a/l && truncate -s 100K hole"
        try run("sh", "-c", commands)
        for name in ["one", "two"] {
            let writer = try ArchiveWriter(path: scratch(name), layout: .newc, jobs: 2)
            var options = TreeArchiver.Options(epoch: 1000)
            options.keepsLinks = false
            try TreeArchiver.archive(tree, to: writer, options: options)
        }
        #expect(try scratch.read("one").prefix(6) == ArraySlice("070701".utf8))
        #expect(try scratch.read("one") == scratch.read("two"))
        let copy = try scratch.makeDirectory("copy")
        try run("sh", "-c", "cd \(copy) && cpio --extract --make-directories --quiet <../one")
        try run("diff", "--recursive", "--no-dereference", tree, copy)
        #expect(try scratch.read("copy/a/g") == Array("hello\n".utf8))
    }
}

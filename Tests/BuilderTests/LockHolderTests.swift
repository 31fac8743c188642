import Glibc
import Support
import System
import TestSupport
import Testing

@testable import Builder

@Suite struct LockHolderTests {
    @Test("What a holder writes is read again, and half of it names no holder")
    func text() throws {
        let holder = LockHolder.current()
        #expect(LockHolder(holder.text) == holder)
        #expect(holder.process == Int(getpid()))
        #expect(LockHolder(String(holder.text.dropLast())) == nil)
        #expect(LockHolder("") == nil)
        #expect(LockHolder("7\nx\n") == nil)
    }

    @Test("A second build of an output learns who has it, since when and where")
    func held() throws {
        let directory = try TemporaryDirectory()
        let first = try BuildLock.take(output: "/out/image.box", in: directory.path)
        let failure = #expect(throws: Failure.self) {
            _ = try BuildLock.take(output: "/out/image.box", in: directory.path)
        }
        let text = failure?.description ?? ""
        #expect(text.hasPrefix("Another build of /out/image.box is running: process \(getpid()) of "), "\(text)")
        #expect(text.contains(" in \(Paths.currentDirectory()), since "))
        #expect(!text.contains("\n"))
        #expect(failure?.code == .busy)
        let other = try BuildLock.take(output: "/out/other.box", in: directory.path)
        other.release()
        first.release()
    }

    @Test("The lock is free again afterwards")
    func free() throws {
        let directory = try TemporaryDirectory()
        for _ in 0..<2 {
            let lock = try BuildLock.take(output: "/out/image.box", in: directory.path)
            lock.release()
        }
    }
}

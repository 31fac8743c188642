import Support
import System
import TestSupport
import Testing

@testable import BootKit

/// Headers that are not what they seem to be: an error each, and never a read outside of the file.
@Suite
struct PEFileTests {
    private static let stub = UnifiedKernelImageTests.stub

    @Test(arguments: [[], Array("MZ".utf8), [UInt8](repeating: 0xff, count: 4096), [0x7f, 0x45, 0x4c, 0x46]])
    func whatIsNoProgram(bytes: [UInt8]) {
        #expect(throws: BootError.self) { try PEFile(bytes, fileSize: bytes.count, name: "program") }
    }

    @Test("sections cannot all have the whole file", arguments: [(5, true), (10, false)])
    func sharedBytes(count: Int, isRead: Bool) {
        var bytes = [UInt8](repeating: 0, count: 4096)
        func put(_ number: Int, _ offset: Int) {
            for index in 0..<4 { bytes[offset + index] = UInt8(truncatingIfNeeded: number >> (8 * index)) }
        }
        bytes.replaceSubrange(0..<2, with: "MZ".utf8)
        // The headers, their signature, and the optional header of 112 bytes without directories.
        put(64, 0x3c)
        bytes.replaceSubrange(64..<66, with: "PE".utf8)
        put(count << 16, 68)
        put(112, 84)
        put(0x20b, 88)
        for offset in [120, 124] { put(512, offset) }
        put(1024, 148)
        for index in 0..<count {
            put(3072, 200 + index * 40 + 16)
            put(1024, 200 + index * 40 + 20)
        }
        let file = try? PEFile(bytes, fileSize: bytes.count, name: "program")
        #expect((file?.sections.count == count) == isRead)
    }

    @Test("a section without bytes may be said to begin anywhere")
    func emptySection() throws {
        let section = PEFile.Section(
            name: ".sbat",
            virtualSize: 300,
            virtualAddress: 4096,
            rawSize: 0,
            rawOffset: 1 << 30,
            characteristics: 0
        )
        #expect(section.content.isEmpty && section.content.upperBound <= 4096)
    }

    @Test(
        "every truncation is an error or a program whose sections are inside of it",
        .enabled(if: stub != nil, "needs the stub of systemd-boot-efi")
    )
    func truncated() throws {
        let bytes = try Files.read(#require(Self.stub))
        for size in Array(0..<1200) + [bytes.count / 2, bytes.count - 1] {
            let part = Array(bytes.prefix(size))
            guard let file = try? PEFile(part, fileSize: size, name: "program") else { continue }
            for section in file.sections { #expect(section.content.upperBound <= size) }
        }
    }

    @Test(
        "changed bytes of the headers never give a range outside of the file",
        .enabled(if: stub != nil, "needs the stub of systemd-boot-efi")
    )
    func changed() throws {
        let bytes = try Files.read(#require(Self.stub))
        var random = SeededRandom(seed: 1)
        for _ in 0..<2000 {
            var changed = bytes
            for _ in 0..<Int.random(in: 1...8, using: &random) {
                changed[Int.random(in: 0..<1024, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            guard let assembly = try? PEAssembly(changed, name: "program") else { continue }
            for section in assembly.headers.sections {
                #expect(section.rawSize == 0 || section.rawOffset + section.rawSize <= changed.count)
                _ = assembly.content(of: section.name)
            }
            var grown = assembly
            grown.append(".linux", .bytes(Array(bytes.prefix(700))))
            let directory = try TemporaryDirectory()
            _ = try? grown.write(to: directory("grown.efi"))
        }
    }

    @Test("a section is never there twice", .enabled(if: stub != nil, "needs the stub of systemd-boot-efi"))
    func replacedSection() throws {
        let assembly = try PEAssembly(Files.read(#require(Self.stub)), name: "program")
        let room = try #require(assembly.headers.section(named: RevocationTable.section)).rawSize
        let directory = try TemporaryDirectory()
        for count in [1, room, room + 1] {
            var other = assembly
            other.replace(RevocationTable.section, [UInt8](repeating: 1, count: count))
            try other.write(to: directory("replaced.efi"))
            let file = try PEFile(path: directory("replaced.efi"))
            #expect(file.sections(named: RevocationTable.section).map(\.virtualSize) == [count])
            let places = file.sections.sorted { $0.virtualAddress < $1.virtualAddress }
            for (one, next) in zip(places, places.dropFirst()) {
                #expect(one.virtualAddress + one.virtualSize <= next.virtualAddress, "\(one.name) \(next.name)")
            }
        }
    }

    @Test(
        "a table without room moves what follows, and the program stays whole",
        .enabled(if: stub != nil, "needs the stub of systemd-boot-efi")
    )
    func manySections() throws {
        let bytes = try Files.read(#require(Self.stub))
        var assembly = try PEAssembly(bytes, name: "program")
        func content(_ index: Int) -> [UInt8] { [UInt8](repeating: UInt8(index), count: index + 1) }
        for index in 0..<30 { assembly.append(".s\(index)", .bytes(content(index))) }
        let directory = try TemporaryDirectory()
        let path = directory("many.efi")
        try assembly.write(to: path)
        let file = try PEFile(path: path)
        for index in 0..<30 {
            let section = try #require(file.section(named: ".s\(index)"))
            #expect(try section.bytes(of: path, limit: 100) == content(index))
        }
        for section in assembly.headers.sections where section.rawSize > 0 {
            let own = try #require(assembly.content(of: section.name))
            let moved = try #require(file.section(named: section.name)).bytes(of: path, limit: 1 << 20)
            #expect(own == moved, "\(section.name)")
        }
    }
}

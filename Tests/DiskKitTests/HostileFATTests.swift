import System
import Testing

@testable import DiskKit

/// Names and chains of clusters that lead out of a directory, or round in circles.
@Suite struct HostileFATTests {
    /// A FAT12 of 64 sectors, each a cluster, with entries in its root.
    private static func disk(_ entries: [[UInt8]], chain: [UInt16] = [], second: [[UInt8]] = []) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: 64 * 512)
        func put(_ values: [UInt8], _ offset: Int) {
            bytes.replaceSubrange(offset..<offset + values.count, with: values)
        }
        // Bytes in a sector, sectors in a cluster, reserved sectors, tables, entries of the root, all sectors.
        put([0, 2, 1, 1, 0, 1, 16, 0, 64, 0], 11)
        // Sectors of a table.
        put([1, 0], 22)
        put(Array("FAT12".utf8), 54)
        put([0x55, 0xaa], 510)
        for (index, next) in chain.enumerated() {
            let place = 512 + (index + 2) * 3 / 2
            let value = index % 2 == 0 ? next : next << 4
            bytes[place] |= UInt8(truncatingIfNeeded: value)
            bytes[place + 1] |= UInt8(truncatingIfNeeded: value >> 8)
        }
        put(entries.flatMap(\.self), 1024)
        // Cluster 2 is behind the root.
        put(second.flatMap(\.self), 1536)
        return bytes
    }

    /// An entry with a name of eleven bytes.
    private static func entry(_ name: String, isDirectory: Bool = false, cluster: UInt8 = 0) -> [UInt8] {
        var entry = Array(name.utf8) + [UInt8](repeating: 0x20, count: 11 - name.utf8.count)
        entry += [UInt8](repeating: 0, count: 32 - entry.count)
        entry[11] = isDirectory ? 0x10 : 0
        entry[26] = cluster
        return entry
    }

    private static func paths(_ bytes: [UInt8]) throws -> [BytePath] {
        let memory = try Descriptor.inMemory(bytes, label: "fat")
        let reader = try FATReader(DiskFile(descriptor: memory.number, name: "disk"))
        var paths: [BytePath] = []
        do throws(DiskContents.WalkError<Never>) {
            try reader.walk { (file: StoredFile) in paths.append(file.path) }
        } catch {
            if case .reading(let error) = error { throw error }
        }
        return paths
    }

    @Test func soundDirectoriesAreRead() throws {
        let disk = Self.disk(
            [Self.entry("B", isDirectory: true, cluster: 2), Self.entry("A")],
            chain: [0xfff],
            second: [Self.entry("C")]
        )
        #expect(try Self.paths(disk) == ["A", "B", "B/C"])
    }

    @Test("a name with a slash is none, whatever follows the slash", arguments: ["../\u{301}ABC", "A/B", "\u{301}/"])
    func slashes(name: String) {
        let error = #expect(throws: DiskError.self) { try Self.paths(Self.disk([Self.entry(name)])) }
        #expect(error?.message.contains("without a name") == true, "\(String(describing: error))")
    }

    @Test func directoriesDoNotContainThemselves() {
        let own = Self.entry("B", isDirectory: true, cluster: 2)
        let error = #expect(throws: DiskError.self) { try Self.paths(Self.disk([own], chain: [0xfff], second: [own])) }
        #expect(error?.message.contains("does not end") == true, "\(String(describing: error))")
    }

    @Test func chainsEnd() {
        let own = Self.entry("B", isDirectory: true, cluster: 2)
        let error = #expect(throws: DiskError.self) { try Self.paths(Self.disk([own], chain: [3, 2])) }
        #expect(error?.message.contains("does not end") == true, "\(String(describing: error))")
    }
}

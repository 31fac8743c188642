import DiskKit
import FoundationEssentials
import Glibc
import Support
import System
import TestSupport
import Testing

/// A set of definitions, and what systemd-repart 257 of Debian 13 makes of it; Tests/Fixtures/disk/comparison.json.
struct RepartComparison: Codable, Sendable, CustomTestStringConvertible {
    var name: String
    /// Texts by name, with a semicolon for each end of a line.
    var definitions: [String: String]
    var seed: String?
    var sectorSize: UInt64?
    /// Bytes of the disk; nil for the fewest.
    var size: UInt64?
    /// True if sizes depend on the version of the program that makes a file system.
    var dependsOnTools: Bool?
    /// How the two differ on purpose; nil if they do not.
    var difference: String?
    var expected: Disk?

    /// What two disks have in common.
    struct Disk: Codable, Sendable, Equatable {
        /// True if the definitions are refused; then there is nothing else.
        var isRefused: Bool?
        var partitions: [Partition] = []
        var rootHashes: [String] = []
        var size: UInt64 = 0
        /// SHA-256 of the sectors from the first one to the last one with entries.
        var table = ""
    }

    struct Partition: Codable, Sendable, Equatable {
        var type: String
        var label: String
        var uuid: String
        var offset: UInt64
        var size: UInt64
        var split: String?
    }

    var isSplit: Bool { definitions.values.contains { $0.contains("SplitName=") } }

    var testDescription: String { name }

    static let file = "\(Stage.packageRoot)/Tests/Fixtures/disk/comparison.json"

    static let all: [RepartComparison] = {
        guard let data = try? Data(contentsOf: URL(filePath: file)) else { return [] }
        return (try? JSONDecoder().decode([RepartComparison].self, from: data)) ?? []
    }()

    /// The sets whose results do not depend on which version of a program is installed, without those that take long.
    static let portable = all.filter { set in
        let text = set.definitions.values.joined()
        let isSlow = ["Encrypt=key-file", "Encrypt=yes", "Format=xfs"].contains { text.contains($0) }
        return set.dependsOnTools != true && set.expected != nil && (!isSlow || Soak.isEnabled)
    }

    /// A disk of a given size has no content here, as it is `systemd-repart --size=`; `OutputSize=` adds space at the end.
    private func build(_ builder: DiskBuilder) throws(DiskError) -> BuiltDisk {
        guard let size else { return try builder.build(builder.survey()) }
        let layout = try DiskLayout(
            builder.definitions,
            size: size,
            sectorSize: sectorSize ?? 512,
            seed: builder.seed
        )
        let file = try ImageFile(builder.image, size: size)
        for region in try layout.table.regions() { try file.write(region.bytes, at: region.offset) }
        return BuiltDisk(layout: layout)
    }

    /// What we make of the set.
    func ours(_ project: DiskProject) throws -> Disk {
        project.sectorSize = sectorSize
        let definitions = definitions.mapValues { $0.replacing(";", with: "\n") }
        let (builder, built): (DiskBuilder, BuiltDisk)
        do {
            builder = try project.builder(definitions, seed: seed, separator: "\n")
            built = try build(builder)
        } catch let error as DiskError where error.code == .definition || error.code == .layout {
            // Anything else, such as a missing program, says nothing about the set.
            return Disk(isRefused: true)
        }
        defer { Files.remove(builder.image) }
        var disk = Disk()
        for place in built.layout.partitions {
            disk.partitions.append(
                Partition(
                    type: place.definition.type.name,
                    label: place.label,
                    uuid: place.identifier.description,
                    offset: place.offset,
                    size: place.size,
                    split: isSplit ? try built.layout.splitName(of: place) : nil
                )
            )
        }
        disk.rootHashes = built.rootHashes.values.sorted()
        try disk.measure(builder.image, sectorSize: sectorSize ?? 512)
        return disk
    }
}

extension RepartComparison.Disk {
    /// Adds size and table of an image.
    mutating func measure(_ image: String, sectorSize: UInt64) throws {
        size = UInt64(Files.size(of: image) ?? 0)
        let count = (2 * sectorSize + 16384) / 512
        let digest = try runChecked(["sh", "-c", "dd if='\(image)' bs=512 count=\(count) status=none | sha256sum"])
        table = String(digest.output.prefix(64))
    }
}

import DiskKit
import FoundationEssentials
import TestSupport
import Testing

/// Layouts that systemd-repart 257 of Debian 13 made, with `--empty=create --offline=yes --json=pretty`.
struct RepartLayout: Decodable, Sendable, CustomTestStringConvertible {
    var definitions: [File]
    var size: UInt64?
    var sectorSize: UInt64
    var seed: String
    var refused: Bool?
    var partitions: [Partition]?
    var diskSize: UInt64?
    /// The first 92 bytes of the header, and the entries up to the last byte that is not zero.
    var header: String?
    var entries: String?

    struct File: Decodable, Sendable {
        var name: String
        var text: String
    }

    struct Partition: Decodable, Sendable {
        var type: String
        var label: String
        var uuid: String
        var slot: Int
        var offset: UInt64
        var size: UInt64
        var padding: UInt64
        var definition: String
    }

    var testDescription: String {
        definitions.map { $0.text.split(separator: "\n").dropFirst().joined(separator: " ") }.joined(separator: "; ")
            + " on \(size.map(String.init) ?? "auto")/\(sectorSize)"
    }

    static let all: [RepartLayout] = {
        let file = "\(Stage.packageRoot)/Tests/Fixtures/disk/layouts.json"
        guard let data = try? Data(contentsOf: URL(filePath: file)) else { return [] }
        return (try? JSONDecoder().decode([RepartLayout].self, from: data)) ?? []
    }()

    /// The same definitions in our hands.
    func layout() throws -> DiskLayout {
        let reader = DefinitionReader(architecture: "x86-64")
        let read = try reader.read(definitions.map { .init(name: $0.name, path: "\($0.name).conf", text: $0.text) })
        return try DiskLayout(read, size: size, sectorSize: sectorSize, seed: #require(GUID(seed)))
    }
}

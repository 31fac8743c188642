import DiskKit
import System
import TestSupport
import Testing

/// What firmware without UEFI finds on a disk, outside of all file systems.
@Suite
struct BootCodeTests {
    private static let type = "21686148-6449-6e6f-744e-656564454649"

    private static func builder(_ project: DiskProject, _ definitions: [String: String], record: Int = 440) throws
        -> DiskBuilder
    {
        var builder = try project.builder(definitions)
        try project.directory.write([UInt8](repeating: 0xb0, count: record), to: "code/first.img")
        try project.directory.write([UInt8](repeating: 0xc0, count: 3000), to: "code/second.img")
        var code = BootCode(files: [
            .init(name: "first.img", partition: nil, addresses: [.init(offset: 92, file: "second.img", sector: 0)]),
            .init(name: "second.img", partition: type, addresses: [.init(offset: 500, file: "second.img", sector: 1)]),
        ])
        code.directory = project.directory("code")
        builder.bootCode = code
        return builder
    }

    @Test("is where the table says, with the numbers of the sectors in it, and the table stays valid")
    func places() throws {
        let project = try DiskProject()
        let builder = try Self.builder(
            project,
            ["10-esp": "Type=esp Format=vfat SizeMinBytes=33M", "20-code": "Type=\(Self.type) SizeMinBytes=1M"]
        )
        let layout = try builder.build(builder.survey()).layout
        let bytes = try Files.read(builder.image)
        let start = Int(try #require(layout.partitions.last).offset)
        func number(_ offset: Int) -> Int { (0..<8).reduce(0) { $0 | Int(bytes[offset + $1]) << (8 * $1) } }
        #expect(number(92) == start / 512)
        #expect(number(start + 500) == start / 512 + 1)
        #expect(bytes[0..<92].allSatisfy { $0 == 0xb0 } && bytes[100..<440].allSatisfy { $0 == 0xb0 })
        #expect(bytes[start..<start + 500].allSatisfy { $0 == 0xc0 })
        #expect(bytes[start + 508..<start + 3000].allSatisfy { $0 == 0xc0 })
        #expect(bytes[start + 3000..<start + 4096].allSatisfy { $0 == 0 })
        #expect(bytes[510] == 0x55 && bytes[511] == 0xaa && bytes[450] == 0xee)
        try runChecked(["sfdisk", "--verify", builder.image])
    }

    @Test("without its partition it is an error before anything is written")
    func withoutPartition() throws {
        let project = try DiskProject()
        let builder = try Self.builder(project, ["10-esp": "Type=esp Format=vfat SizeMinBytes=33M"])
        let error = #expect(throws: DiskError.self) { try builder.survey() }
        #expect(error?.message.contains(Self.type) == true)
    }

    @Test("what does not fit says by how many bytes, and leaves nothing")
    func tooLarge() throws {
        let project = try DiskProject()
        let builder = try Self.builder(project, ["20-code": "Type=\(Self.type) SizeMinBytes=1M"], record: 441)
        let error = #expect(throws: DiskError.self) { try builder.build(builder.survey()) }
        #expect(error?.message.contains("441 bytes, 1 more than") == true, "\(String(describing: error))")
        #expect(!Files.exists(builder.image))
    }
}

import BootKit
import JSON
import PluginKit
import PluginWire
import System

/// Makes the code that a BIOS starts, as grub-install(8) does it for a disk that is a device.
///
/// The first sector loads the first one of the core, and that loads the rest of it; both have the place on the disk of what
/// they load, which is written when the disk is laid out (GRUB manual, BIOS installation; boot.S and diskboot.S).
enum BootCodeCommand {
    static let name = "boot-code"
    static let files = ["places.json", "boot.img", "core.img"]

    struct Job: Codable {
        var root: String
        var staging: String
    }

    /// The places of files on the disk; see "Boot code" on the protocol page.
    private struct Places: Codable {
        struct File: Codable {
            var name: String
            var partition: String?
            var addresses: [Address]
        }

        struct Address: Codable {
            var offset: Int
            var file: String
            var sector: Int
        }

        var files: [File]
    }

    private static let target = "i386-pc"
    /// The type of the partition that GRUB has its core in.
    private static let partition = "21686148-6449-6e6f-744e-656564454649"
    /// The modules in the core, with which it finds the system partition and its further modules.
    private static let modules = [
        "biosdisk", "part_gpt", "part_msdos", "fat", "search", "search_fs_file", "regexp",
    ]
    /// As much of the first sector as is code, in front of the table of partitions.
    private static let codeSize = 440
    /// The number of the sector that the first one loads.
    private static let coreAddress = 0x5c
    /// A jump that keeps the number of the drive that the BIOS passes; some pass a wrong one.
    private static let driveCheck = 0x66
    /// The number of the core's second sector, in the last entry of the list at the end of its first one.
    private static let restAddress = 0x1f4

    @Sendable static func run(_ arguments: [String]) throws -> Int32 {
        let job = try ToolJob.read(Job.self)
        let directory = try ModuleDirectory(target: target, root: job.root, package: "grub-pc-bin")
        let image = "\(directory.path)/boot.img"
        // A link would lead to a file of the host.
        var sector = try Files.isPlainFile(image) ? Array(Files.read(image).prefix(codeSize)) : []
        guard sector.count == codeSize else {
            throw ErrorObject(code: .internalError, message: "\(image) is not a boot sector of GRUB")
        }
        sector.replaceSubrange(driveCheck..<driveCheck + 2, with: [0x90, 0x90])
        try Files.write(sector, to: "\(job.staging)/boot.img")
        let script = "\(job.staging)/early.cfg"
        // The drive that the machine was started from comes first, in case several have a system of this kind.
        try Files.write(
            Array(
                """
                regexp --set=1:drive "(hd[0-9]+)" $cmdpath
                search --no-floppy --file --set=root --hint=$drive, /grub/grub.cfg
                set prefix=($root)/grub

                """.utf8
            ),
            to: script
        )
        defer { Files.remove(script) }
        try directory.makeImage("\(job.staging)/core.img", prefix: "/grub", modules: modules, script: script)
        let places = Places(
            files: [
                .init(name: "boot.img", addresses: [.init(offset: coreAddress, file: "core.img", sector: 0)]),
                .init(
                    name: "core.img",
                    partition: partition,
                    addresses: [.init(offset: restAddress, file: "core.img", sector: 1)]
                ),
            ]
        )
        try Files.write(Array(JSONText.string(places).utf8), to: "\(job.staging)/places.json")
        return 0
    }
}

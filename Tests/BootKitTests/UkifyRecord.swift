import BootKit
import Crypto
import JSON
import System
import TestSupport
import Testing

/// What ukify of systemd 257 makes of given parts, as `Tests/Fixtures/boot/record.py` has recorded it: Debian 12 does not
/// have the program.
enum UkifyRecord {
    private static let directory = "\(Stage.packageRoot)/Tests/Fixtures/boot"
    /// A program with the sections of a stub of that version, which does nothing.
    static let stub = "\(directory)/stub.efi"
    /// The same without the section `.sbat`, as stubs of addons are.
    static let stubWithoutTable = "\(directory)/stub-without-sbat.efi"
    static let program = Paths.findProgram("ukify", path: "/usr/lib/systemd:/usr/bin:/usr/local/bin")

    /// The sections of an image of ukify in the order of its table: name, size, characteristics and digest.
    static func recorded(_ name: String) throws -> [String] {
        let json = try JSON.parse(Files.read("\(directory)/ukify-257.json"))
        return try #require(json[name]?.array).map { section in
            let (name, digest) = (section["name"]?.string ?? "", section["sha256"]?.string ?? "")
            return "\(name) \(section["size"]?.integer ?? -1) \(section["characteristics"]?.integer ?? -1) \(digest)"
        }
    }

    /// The sections of an image in the same form.
    static func sections(of path: String) throws -> [String] {
        try PEFile(path: path).sections.map { section in
            let bytes = try section.bytes(of: path, limit: 1 << 24)
            return try "\(section.name) \(bytes.count) \(section.characteristics) \(Digest.of(bytes))"
        }
    }
}

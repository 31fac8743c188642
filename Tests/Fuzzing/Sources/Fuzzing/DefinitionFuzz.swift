import DiskKit

/// Reads partition definitions, separated by lines `===`: there is a layout or an error with a text, never a crash.
enum DefinitionFuzz {
    static func run(_ bytes: [UInt8]) {
        let texts = String(decoding: bytes, as: UTF8.self).split(separator: "\n===\n", omittingEmptySubsequences: false)
        let files = texts.prefix(20).enumerated().map { index, text in
            DefinitionReader.File(
                name: "\(index + 10)-x",
                path: "mkosi.repart/\(index + 10)-x.conf",
                text: String(text)
            )
        }
        let specifiers: [Character: String] = ["a": "x86-64", "o": "example", "m": ""]
        do throws(DiskError) {
            let definitions = try DefinitionReader(architecture: "x86-64", specifiers: specifiers).read(files)
            for size in [nil, UInt64(64) << 20, UInt64(8) << 40] { check(definitions, size) }
        } catch {
            if !error.message.hasPrefix("mkosi.repart/") { broken("a message begins with a file", error.message) }
        }
    }

    private static func check(_ definitions: [PartitionDefinition], _ size: UInt64?) {
        do throws(DiskError) {
            let layout = try DiskLayout(definitions, size: size, seed: .zero)
            if let size, layout.table.sectorCount * 512 > size { broken("a layout fits onto its disk", "\(layout)") }
            for place in layout.partitions where place.size == 0 || place.size % 4096 != 0 {
                broken("partitions have whole pages", "\(place)")
            }
            _ = layout.lines()
            for place in layout.partitions {
                do throws(DiskError) { _ = try layout.splitName(of: place) } catch { check(error) }
            }
        } catch {
            check(error)
        }
    }

    private static func check(_ error: DiskError) {
        if error.message.isEmpty || error.hint == "" { broken("an error has a text", "\(error)") }
    }
}

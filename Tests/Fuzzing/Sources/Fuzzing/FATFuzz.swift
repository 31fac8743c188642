import System

@testable import DiskKit

/// Reads a file system with a file allocation table: there are files within its bounds or an error.
enum FATFuzz {
    static func run(_ bytes: [UInt8]) {
        // What follows is free, so that inputs can be short.
        let rest = [UInt8](repeating: 0, count: max(0, 65536 - bytes.count))
        guard let file = try? Descriptor.inMemory(bytes + rest, label: "fuzz") else { return }
        do throws(DiskError) {
            let disk = try DiskFile(descriptor: file.number, name: "input")
            guard FATReader.recognizes(disk) else { return }
            walk(try FATReader(disk))
        } catch {
            check(error)
        }
    }

    private static func walk(_ reader: FATReader) {
        var count = 0
        do throws(DiskContents.WalkError<Never>) {
            try reader.walk { stored in
                count += 1
                if stored.path.isEmpty { broken("the root is not handed over", "\(stored)") }
                if count > 1 << 16 { broken("there are no more files than entries", "\(stored)") }
            }
        } catch {
            if case .reading(let error) = error { check(error) }
        }
    }

    private static func check(_ error: DiskError) {
        if error.message.isEmpty || error.hint == "" { broken("an error has a text", "\(error)") }
    }
}

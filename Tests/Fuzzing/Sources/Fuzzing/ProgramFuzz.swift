import BootKit

/// Reads an EFI program and adds a section to it: there is a program or an error with a text, never a crash.
enum ProgramFuzz {
    static func run(_ bytes: [UInt8]) {
        do throws(BootError) {
            let file = try PEFile(bytes, fileSize: bytes.count, name: "program")
            for section in file.sections where section.rawSize > 0 && section.content.upperBound > bytes.count {
                broken("sections are in the file", "\(section)")
            }
            var assembly = try PEAssembly(bytes, name: "program")
            for section in file.sections { _ = assembly.content(of: section.name) }
            assembly.replace(RevocationTable.section, [UInt8](repeating: 1, count: 300))
            assembly.append(".linux", .bytes([1, 2, 3]), isCode: true)
            try assembly.write(to: "/tmp/program.efi")
            let again = try PEFile(path: "/tmp/program.efi")
            guard again.section(named: ".linux")?.virtualSize == 3 else { broken("an added section is read again", "") }
        } catch {
            if error.message.isEmpty || error.hint == "" { broken("an error has a text", "\(error)") }
        }
    }
}

/// The files of a package as an archive in the form `newc` (cpio(5)), as RPM has it.
enum CPIOPayload {
    /// A file, with the inode number that its names share.
    struct Member {
        var file: SampleFile
        var inode: UInt32
        var links: Int
        /// Of several names of a file only the last one has the content.
        var content: [UInt8]
    }

    static func encoded(_ members: [Member]) -> [UInt8] {
        var output = ByteOutput()
        output.bytes.reserveCapacity(members.reduce(1 << 12) { $0 + $1.content.count + 256 })
        for member in members {
            let body: [UInt8]
            if case .symbolicLink(let target) = member.file.kind {
                body = Array(target.utf8)
            } else {
                body = member.content
            }
            append(
                "." + member.file.path,
                fields: [
                    member.inode, UInt32(member.file.fullMode), 0, 0, UInt32(member.links), member.file.modified,
                    UInt32(body.count), 0, 0, 0, 0,
                ],
                body,
                to: &output
            )
        }
        append("TRAILER!!!", fields: [0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0], [], to: &output)
        return output.bytes
    }

    private static func append(_ name: String, fields: [UInt32], _ body: [UInt8], to output: inout ByteOutput) {
        output.append("070701")
        for field in fields { output.append(hexadecimal(field)) }
        output.append(hexadecimal(UInt32(name.utf8.count + 1)))
        output.append(hexadecimal(0))
        output.append(terminated: name)
        output.pad(to: 4)
        output.append(body)
        output.pad(to: 4)
    }

    private static func hexadecimal(_ value: UInt32) -> String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 8 - digits.utf8.count) + digits
    }
}

extension SampleFile {
    /// Kind and permission bits, as stat(2) has them.
    var fullMode: UInt16 {
        switch kind {
        case .directory: 0o040000 | mode
        case .regular, .hardLink: 0o100000 | mode
        case .symbolicLink: 0o120777
        }
    }
}

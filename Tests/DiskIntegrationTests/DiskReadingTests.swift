import DiskKit
import Glibc
import Support
import System
import TestSupport
import Testing

/// Disks that are read again without mounting them.
@Suite
struct DiskReadingTests {
    /// A file as both sides say it: all but the content of directories.
    private static func line(_ path: String, _ stored: StoredFile, content: String) -> String {
        let kind = String(stored.kind.modeBits | stored.mode, radix: 8)
        let link = stored.linkTarget?.string ?? ""
        let attributes = stored.attributes.map { "\($0.name)=\($0.value)" }.joined(separator: ",")
        let size = stored.kind == .regular ? stored.size : 0
        return
            "\(path) \(kind) \(stored.user):\(stored.group) \(stored.modified.seconds) \(size) \(link) \(attributes) \(content)"
    }

    private static func stored(_ part: DiskContents.Part, in directory: TemporaryDirectory) throws -> [String] {
        var all: [StoredFile] = []
        try DiskContents.walk(part) { (file: StoredFile) throws(DiskError) in all.append(file) }
        var lines: [String] = []
        for var file in all {
            if let link = file.hardLink, let first = all.first(where: { $0.path == link }) {
                let path = file.path
                file = first
                file.path = path
            }
            var content = ""
            if file.kind == .regular {
                let copy = directory("copy")
                unlink(copy)
                let target = try Descriptor.open(copy, O_RDWR | O_CREAT)
                try part.file.copy(file, to: target.number)
                content = try checksum(copy)
            }
            lines.append(line(file.path.string, file, content: content))
        }
        return lines
    }

    private static func checksum(_ path: String) throws -> String {
        String(
            try Files.read(path).reduce(UInt64(14_695_981_039_346_656_037)) { ($0 ^ UInt64($1)) &* 1_099_511_628_211 }
        )
    }

    /// What the kernel says of the tree that the disk was made of.
    private static func original(_ root: String) throws -> [String] {
        let names = try runChecked(["find", ".", "-printf", "%P\\n"], in: root).output
        return try names.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map { name in
            let path = name.isEmpty ? root : "\(root)/\(name)"
            var status = stat()
            #expect(lstat(path, &status) == 0)
            var stored = StoredFile(
                path: BytePath(String(name)),
                kind: try #require(FileKind(mode: status.st_mode)),
                mode: status.st_mode & 0o7777
            )
            (stored.user, stored.group) = (status.st_uid, status.st_gid)
            stored.modified = FileTime(seconds: status.st_mtim.tv_sec)
            stored.linkTarget = Paths.linkTarget(path).map { BytePath($0) }
            if stored.kind == .regular || stored.kind == .directory {
                let file = try Descriptor.open(path, O_RDONLY)
                stored.attributes = try ExtendedAttribute.all(of: file.number, name: path)
            }
            if stored.kind == .regular { stored.size = UInt64(status.st_size) }
            return line(String(name), stored, content: stored.kind == .regular ? try checksum(path) : "")
        }
    }

    @Test(
        "every file has its owner, mode, time, link, attributes, access lists and content",
        .needsRoot,
        arguments: ["ext4", "erofs"]
    )
    func inodes(format: String) throws {
        let project = try DiskProject()
        let script = """
            set -e
            cd tree
            rm -rf boot efi proc etc/pipe
            chown 70000:80000 usr/bin/hello; chmod 4755 usr/bin/hello
            setfattr -n user.short -v x usr/plain
            setfattr -n user.long -v "$(head -c 2000 /dev/zero | tr '\\0' z)" usr/plain
            setfacl -m u:1234:rw usr/plain; setfacl -d -m g:4321:rx home
            # Of many pieces: the tree of its extents has more than one level.
            for number in $(seq 0 2 1200); do printf x | dd of=usr/pieces bs=4096 seek=$number conv=notrunc status=none; done
            mkdir -p many; for number in $(seq 3000); do : > many/a-name-that-is-not-short-$number; done
            find . -exec touch -h -d @1600000000 {} +
            """
        try runChecked(["sh", "-c", script], in: project.directory.path)
        let built = try project.build(["10-root": "Type=root Format=\(format) CopyFiles=/ Minimize=guess"])
        let image = try Descriptor.open(built.image, O_RDONLY)
        let contents = try DiskContents(DiskFile(descriptor: image.number, name: "image"))
        #expect(contents.parts.map(\.mountPoint) == ["/"])
        let lines = try Self.stored(#require(contents.parts.first), in: project.directory)
        let differences = try Set(lines).symmetricDifference(Self.original(project.directory("tree"))).sorted()
        // What mke2fs(8) makes itself is the root, with the time of the build.
        #expect(differences.filter { !$0.hasPrefix(" ") }.prefix(10) == [])
        #expect(lines.count > 3300)
    }

    @Test("every file of FAT has its name and content, whatever the size of its numbers", arguments: [4, 40, 600])
    func fat(megabytes: Int) throws {
        let project = try DiskProject()
        let built = try project.build([
            "10-esp": "Type=esp Format=vfat CopyFiles=/home:/home CopyFiles=/usr:/usr SizeMinBytes=\(megabytes)M"
        ])
        let image = try Descriptor.open(built.image, O_RDONLY)
        let contents = try DiskContents(DiskFile(descriptor: image.number, name: "image"))
        #expect(contents.parts.map(\.mountPoint) == ["/efi"])
        let part = try #require(contents.parts.first)
        var found: [String: UInt64] = [:]
        try DiskContents.walk(part) { (file: StoredFile) throws(DiskError) in
            if file.kind == .regular { found[file.path.string] = file.size }
        }
        #expect(found.count > 300 && found["home/a file with the number 300"] == 4)
        #expect(found["usr/plain"] == 300_000 && found["usr/sparse"] == 3 << 20)
        let lines = try Self.stored(part, in: project.directory)
        let digest = try Self.checksum(project.directory("tree/usr/plain"))
        #expect(lines.contains { $0.hasPrefix("usr/plain ") && $0.hasSuffix(" \(digest)") })
    }

    @Test(
        "changed bytes are an error or other files, never a crash or a read outside",
        arguments: ["ext4", "vfat", "erofs"]
    )
    func damaged(format: String) throws {
        let project = try DiskProject()
        let type = format == "vfat" ? "esp" : "root"
        let built = try project.build(["10-part": "Type=\(type) Format=\(format) CopyFiles=/home:/home SizeMinBytes=4M"]
        )
        let part = try #require(built.parts["10-part"])
        let bytes = try Files.read(part)
        var random = SeededRandom(seed: 7)
        for round in 0..<60 {
            var changed = bytes
            for _ in 0..<Int.random(in: 1...40, using: &random) {
                // Near the beginning is what says where everything is.
                let place = Int.random(in: 0..<(round % 2 == 0 ? 8192 : bytes.count), using: &random)
                changed[place] = UInt8.random(in: 0...255, using: &random)
            }
            let path = project.directory("changed")
            try Files.write(changed, to: path)
            let file = try Descriptor.open(path, O_RDONLY)
            let disk = try DiskFile(descriptor: file.number, name: "changed")
            var count = 0
            if let reader = try? Ext4Reader(disk) {
                try? reader.walk { (_: StoredFile) throws(DiskError) in count += 1 }
            }
            if let reader = try? ErofsReader(disk) {
                try? reader.walk { (_: StoredFile) throws(DiskError) in count += 1 }
            }
            if let reader = try? FATReader(disk) {
                try? reader.walk { (_: StoredFile) throws(DiskError) in count += 1 }
            }
            #expect(count < 10_000)
        }
    }
}

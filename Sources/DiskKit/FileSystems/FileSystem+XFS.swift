internal import System

extension FileSystem {
    /// Made by mkfs.xfs from a prototype file, in a file of its own: it knows no offset.
    ///
    /// A prototype has no times and no sticky bits, and the program takes the present time: xfs_db puts that right, with
    /// which the bytes depend on the content alone.
    static let xfs = FileSystem(
        name: "xfs",
        programs: ["mkfs.xfs", "xfs_db"],
        placement: .moved,
        minimumSize: 300 << 20,
        labelLimit: 12,
        allowsNone: true,
        loses: [.accessLists, .attributes, .hardLinks],
        smallestSize: 300 << 20,
        make: { (request) throws(DiskError) in
            _ = try ImageFile(request.image, size: request.size)
            let (prototype, changes) = ("\(request.image).prototype", "\(request.image).changes")
            defer { for path in [prototype, changes] { Files.remove(path) } }
            let content = try XFSPrototype(request.source, epoch: request.epoch)
            content.skipped.warn("xfs", "mkfs.xfs takes no names with white space", request.warn)
            for (path, text) in [(prototype, content.prototype), (changes, content.changes)] {
                try DiskError.calling("write", path) { () throws(SystemCallError) in
                    try Files.write(text, to: path)
                }
            }
            let command = [
                "mkfs.xfs", "-q", "-K", "-m", "bigtime=1,uuid=\(request.identifier)", "-L", request.label,
                "-s", "size=\(request.sectorSize)", "-p", prototype, request.image,
            ]
            _ = try request.run(command, environment(request))
            // Each assignment is repeated in the form `field = value`; anything else is a complaint, and fewer are an end.
            let script = """
                said=$(xfs_db -x -f "$1" <"$2" 2>&1) || exit
                ! printf '%s\\n' "$said" | grep -v -m 1 ' = ' || exit 1
                [ "$(printf '%s\\n' "$said" | grep -c ' = ')" = "$(grep -c '^write ' "$2")" ]
                """
            _ = try request.run(["sh", "-c", script, "xfs_db", request.image, changes], [:])
        },
        // The journal has 64 MiB; inodes have 512 bytes and come in chunks.
        need: { measure in
            let blocks = measure.fileBlocks + measure.linkedBlocks + measure.metadataBlocks + UInt64(measure.inodes) / 4
            return blocks * ContentMeasure.blockSize * 21 / 20 + (80 << 20)
        }
    )
}

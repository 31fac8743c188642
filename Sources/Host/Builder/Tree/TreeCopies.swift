import Configuration
import Glibc
import Support
import System
import TreeWire

/// `SkeletonTrees=` and `ExtraTrees=`: directories and files of the project that go into the image.
enum TreeCopies {
    /// Checks that all trees exist, before anything takes time; those in some outputs may still have to be made.
    static func check(_ image: ImageConfiguration, except outputs: [OutputReferences] = []) throws(Failure) {
        func isExpected(_ path: String) -> Bool { outputs.contains { $0.leads(path) } }
        for setting in [Setting<[Tree]>.skeletonTrees, .extraTrees, .sandboxTrees] {
            for tree in image[setting] where Paths.resolved(tree.source) == nil && !isExpected(tree.source) {
                throw Failure(
                    .missing,
                    "\(setting.name)= names \(tree.source), which does not exist",
                    hint: "Set by \(image.origin(of: setting.name))"
                )
            }
        }
        let origin = image.origin(of: .baseTrees)
        for path in image[.baseTrees] where !isExpected(path) { try checkBase(path, origin: origin) }
    }

    private static func checkBase(_ path: String, origin: Origin) throws(Failure) {
        let hint = "It is set by \(origin)"
        guard let source = Paths.resolved(path) else {
            throw Failure(.missing, "\(settingName(.baseTrees))= names \(path), which does not exist", hint: hint)
        }
        if Files.isDirectory(source) || isBase(source) { return }
        throw Failure(
            .configuration,
            "\(settingName(.baseTrees))= names \(path), which is neither a directory, a tar file nor a disk image",
            hint: hint
        )
    }

    /// Returns true if the file of a base tree is a tar file or a disk image.
    static func isBase(_ path: String) -> Bool { isArchive(path) || isDiskImage(path) }

    /// Returns true if a file is not copied as it is, but what is in it.
    ///
    /// Of other files it is not said whether they are meant to be in the image, so the name of a disk has to say it too.
    private static func isUnpacked(_ path: String) -> Bool {
        isArchive(path) || path.hasSuffix(".raw") && isDiskImage(path)
    }

    private static func isDiskImage(_ path: String) -> Bool {
        guard let file = try? Files.openRegular(path) else { return false }
        let marks: [(offset: Int, bytes: [UInt8])] = [
            (512, Array("EFI PART".utf8)), (4096, Array("EFI PART".utf8)), (510, [0x55, 0xAA]), (0, Array("hsqs".utf8)),
            (0, Array("XFSB".utf8)), (1024, [0xE2, 0xE1, 0xF5, 0xE0]), (1080, [0x53, 0xEF]),
            (0x10040, Array("_BHRfS_M".utf8)),
        ]
        return marks.contains { mark in
            var found = [UInt8](repeating: 0, count: mark.bytes.count)
            return pread(file.number, &found, found.count, off_t(mark.offset)) == found.count && found == mark.bytes
        }
    }

    /// The changes that copy these trees; a source that does not exist is an error that names the setting.
    static func edits(
        for trees: [Tree],
        of setting: Setting<[Tree]>,
        _ pins: PinnedPaths
    ) throws(Failure) -> [TreeEdit] {
        var edits: [TreeEdit] = []
        for tree in trees {
            guard let source = try pins.resolved(tree.source) else {
                throw Failure(.missing, "\(setting.name)= names \(tree.source), which does not exist")
            }
            let target = tree.target.map { Paths.isAbsolute($0) ? $0 : "/\($0)" } ?? "/"
            if isUnpacked(source) {
                edits.append(TreeEdit(.unpack, target, source: source))
            } else if !Files.isDirectory(source), target == "/" || target.hasSuffix("/") {
                edits.append(TreeEdit(.copy, Paths.join(target, Paths.name(tree.source)), source: source))
            } else {
                edits.append(TreeEdit(.copy, target, source: source))
            }
        }
        return edits
    }

    private static let archiveSuffixes = [
        ".tar", ".tar.gz", ".tgz", ".tar.xz", ".tar.zst", ".tar.bz2", ".tar.lz4", ".tar.lzma",
    ]

    /// Returns true if a path names a tar file, which is unpacked and not copied.
    static func isArchive(_ path: String) -> Bool {
        archiveSuffixes.contains { path.hasSuffix($0) } && !Files.isDirectory(path)
    }
}

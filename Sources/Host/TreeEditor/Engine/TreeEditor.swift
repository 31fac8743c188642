import CFiles
import Glibc
import System
import TreeLinks
public import TreeWire

/// Makes the changes of a `TreeEdits` from inside the tree.
///
/// The calling process enters the tree and stays there: it must have nothing else to do afterwards.
public enum TreeEditor {
    public static func apply(_ plan: TreeEdits) throws(TreeEditError) -> TreeAnswers {
        // Sources are outside the tree: they are opened before chroot(2).
        var sources: [CInt] = []
        for edit in plan.edits {
            sources.append(edit.kind == .copy || edit.kind == .unpack ? try openSource(edit.source ?? "") : -1)
        }
        try TreeEditError.check("chroot", plan.root, chroot(plan.root))
        try TreeEditError.check("chdir", plan.root, chdir("/"))
        umask(0)
        var answers = TreeAnswers()
        for (edit, source) in zip(plan.edits, sources) {
            if edit.onlyInExistingDirectory == true, access(parent(edit.path), F_OK) != 0 { continue }
            try apply(edit, source: source, &answers)
        }
        return answers
    }

    private static func apply(_ edit: TreeEdit, source: CInt, _ answers: inout TreeAnswers) throws(TreeEditError) {
        switch edit.kind {
        case .copy:
            try makeParents(edit.path)
            var copy = TreeCopy(keepsOwners: edit.keepsOwners == true, takesPipes: edit.refusesPipes != true)
            try copy.copy(descriptor: source, name: BytePath(edit.source ?? ""), to: BytePath(edit.path))
            close(source)
        case .unpack:
            try TreeUnpacking.unpack(
                descriptor: source,
                name: edit.source ?? "",
                to: edit.path,
                replacesTop: edit.replacesTop == true
            )
            close(source)
        case .write:
            try makeParents(edit.path)
            try write(Array((edit.text ?? "").utf8), to: edit.path, mode: edit.mode ?? 0o644)
        case .makeDirectory:
            try makeParents(edit.path)
            if mkdir(edit.path, edit.mode ?? 0o755) != 0, errno != EEXIST {
                throw TreeEditError.failure("mkdir", edit.path)
            }
        case .link:
            try makeParents(edit.path)
            try TreeRemoval.remove(edit.path)
            try TreeEditError.check("symlink", edit.path, symlink(edit.text ?? "", edit.path))
        case .remove:
            for path in TreePattern.matches(edit.path) { try TreeRemoval.remove(path) }
        case .setRootPassword:
            try AccountFiles.setPassword(of: "root", to: edit.text ?? "")
        case .setRootShell:
            try AccountFiles.setField(6, of: "root", in: "/etc/passwd", to: edit.text ?? "")
        case .probe:
            if access(edit.path, F_OK) == 0 { answers.existing.append(edit.path) }
        case .probeOutwardLink:
            if try OutwardLink.isIn(BytePath(edit.path)) { answers.existing.append(edit.path) }
        case .list:
            answers.existing += TreePattern.matches(edit.path).map(\.string)
        case .removeWhiteouts:
            try TreeRemoval.removeWhiteouts(BytePath(edit.path))
        }
    }

    private static func openSource(_ path: String) throws(TreeEditError) -> CInt {
        // A pipe would wait for a writer.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
        try TreeEditError.check("open", path, descriptor)
        var status = stat()
        try TreeEditError.check("fstat", path, fstat(descriptor, &status))
        switch status.st_mode & S_IFMT {
        case S_IFREG, S_IFDIR: return descriptor
        default: throw TreeEditError(description: "\(path) is neither a regular file nor a directory")
        }
    }

    /// Replaces the file as a whole, keeping the owner of one that is there.
    static func write(_ bytes: [UInt8], to path: String, mode: mode_t) throws(TreeEditError) {
        var status = stat()
        let existed = lstat(path, &status) == 0
        // A link is replaced, not followed: it may point to a file that other names share.
        if existed, status.st_mode & S_IFMT != S_IFREG { try TreeRemoval.remove(path) }
        // Packages and scripts may have taken any name that can be known in advance, and put a pipe there.
        let temporary = "\(path).\(String(UInt64.random(in: .min ... .max), radix: 36))"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        try TreeEditError.check("open", path, descriptor)
        defer { close(descriptor) }
        try FileContent.write(bytes[...], to: descriptor, name: path)
        if existed, status.st_mode & S_IFMT == S_IFREG { _ = fchown(descriptor, status.st_uid, status.st_gid) }
        try TreeEditError.check("fchmod", path, fchmod(descriptor, mode))
        try TreeEditError.check("rename", path, rename(temporary, path))
    }

    static func makeParents(_ path: String) throws(TreeEditError) {
        let directory = parent(path)
        if access(directory, F_OK) == 0 { return }
        try makeParents(directory)
        if mkdir(directory, 0o755) != 0, errno != EEXIST { throw TreeEditError.failure("mkdir", directory) }
    }

    static func parent(_ path: String) -> String { Paths.parent(path) ?? "/" }
}

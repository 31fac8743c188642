import ByteKeys
import Glibc
public import Support
import System

/// The changes that bring a project's configuration into today's form.
public struct Migration: Sendable {
    public private(set) var changes: [Change] = []
    public private(set) var warnings: [Warning] = []
    /// The directory that the old files are moved to when the changes are made.
    public let backupDirectory: String
    private let directory: String

    /// One file that is made, replaced, renamed or removed; paths start from the project's directory.
    public struct Change: Sendable, Equatable {
        public var old: String?
        public var new: String?
        var oldText: String
        var newText: String
        /// True if the texts may be shown.
        var isSecret = false
        /// True if a directory, or a file that stays as it is, gets another name with everything in it.
        var isMove = false

        /// A line that says what happens.
        public var summary: String {
            switch (old, new) {
            case (let old?, let new?) where isMove: "Moved: \(old) to \(new)"
            case (let old?, let new?): old == new ? "Rewritten: \(new)" : "Rewritten: \(old) as \(new)"
            case (let old?, nil): "Not needed any more: \(old)"
            case (nil, let new): "New: \(new ?? "")"
            }
        }
    }

    /// Finds out what is to be changed; changes nothing.
    public init(
        _ request: LegacyRequest,
        directory: String,
        registry: Registry,
        catalogue: PluginFacts
    ) throws(Failure) {
        self.directory = directory
        backupDirectory = Paths.join(directory, "mkosi.before-migration")
        if let project = try LegacyProject(request, directory: directory) {
            let plan = try LegacyPlan(project, registry: registry, catalogue: catalogue)
            changes = try plan.changes()
            warnings = plan.warnings
        } else {
            let files = try ModernFiles(directory: directory, registry: registry, catalogue: catalogue)
            changes = files.changes
            warnings = files.warnings
        }
        guard let images = LegacyImages(in: directory) else { return }
        warnings.append(images.warning)
        guard images.isRead else { return }
        let files = try ModernFiles(
            directory: directory,
            subdirectory: LegacyImages.directoryName,
            registry: registry,
            catalogue: catalogue
        )
        warnings += files.warnings
        let moves = try images.moves()
        let rewritten = try images.withOrder(files.changes, registry)
        changes =
            moves + changes
            + rewritten.map { change in
                var change = change
                change.new = change.new.map { Self.place(of: $0, after: moves) }
                return change
            }
    }

    /// Returns the place of a file when directories have been moved.
    private static func place(of name: String, after moves: [Change]) -> String {
        for case (let old?, let new?) in moves.lazy.map({ ($0.old, $0.new) }) {
            if name.hasSameBytes(as: old) { return new }
            if let rest = name.dropping(prefix: "\(old)/") { return "\(new)/\(rest)" }
        }
        return name
    }

    /// True if there are old files to keep.
    public var keepsFiles: Bool { changes.contains { $0.old != nil && !$0.isMove } }

    /// All changes, in the unified form of diff(1).
    public var difference: String {
        var text = ""
        for change in changes {
            if change.isMove {
                text += "# \(change.summary)\n"
                continue
            }
            if change.isSecret {
                text += "# \(change.new ?? change.old ?? ""): add the prefix hashed: to the hash\n"
                continue
            }
            let difference = UnifiedDifference(old: change.oldText, new: change.newText)
            let lines = difference.text(change.old ?? "/dev/null", change.new ?? "/dev/null")
            text += lines.isEmpty ? "# \(change.summary)\n" : lines
        }
        return text
    }

    /// Makes the changes; the old files are moved away first, and nothing is overwritten.
    public func write() throws(Failure) {
        if Files.exists(backupDirectory) {
            throw Failure(
                .exists,
                "\(backupDirectory) already exists",
                hint: "It contains the files of an earlier migration; remove it when they are no longer needed"
            )
        }
        let olds = ByteSet(changes.compactMap(\.old))
        for change in changes {
            guard let new = change.new, !olds.contains(new) else { continue }
            let path = Paths.join(directory, new)
            if Files.kind(of: path) != nil { throw Failure(.exists, "\(path) already exists and would be replaced") }
        }
        let moves = changes.filter(\.isMove)
        do throws(SystemCallError) {
            for move in moves {
                guard let old = move.old, let new = move.new else { continue }
                let (source, target) = (Paths.join(directory, old), Paths.join(directory, new))
                try Files.makeDirectories(Paths.parent(target) ?? directory)
                try systemCall("rename", source) { rename(source, target) }
            }
            for change in changes where !change.isMove {
                guard let old = change.old else { continue }
                let source = Paths.join(directory, Self.place(of: old, after: moves))
                let target = Paths.join(backupDirectory, old.hasPrefix("/") ? String(old.dropFirst()) : old)
                try Files.makeDirectories(Paths.parent(target) ?? backupDirectory)
                let mode = Self.mode(of: source)
                try systemCall("rename", source) { rename(source, target) }
                if let new = change.new { try write(change.newText, to: new, mode: mode) }
            }
            for change in changes where change.old == nil {
                if let new = change.new { try write(change.newText, to: new, mode: CallerMask.file) }
            }
        } catch {
            throw Failure(
                .system,
                "Cannot rewrite the configuration in \(directory)",
                hint: "The old files that were already moved are in \(backupDirectory)",
                cause: error
            )
        }
        removeEmptyDirectories()
    }

    private func write(_ text: String, to name: String, mode: UInt32) throws(SystemCallError) {
        let path = Paths.join(directory, name)
        try Files.makeDirectories(Paths.parent(path) ?? directory)
        try Files.write(Array(text.utf8), to: path, mode: mode)
    }

    private static func mode(of path: String) -> UInt32 {
        var status = stat()
        return stat(path, &status) == 0 ? status.st_mode & 0o777 : 0o644
    }

    /// Directories that have lost all of their files.
    private func removeEmptyDirectories() {
        let directories = ByteSet(changes.compactMap { $0.old.flatMap(Paths.parent) })
        for parent in directories.sorted(by: { $0.utf8.count > $1.utf8.count }) where !parent.hasPrefix("/") {
            var name: String? = parent
            while let current = name, rmdir(Paths.join(directory, current)) == 0 { name = Paths.parent(current) }
        }
    }
}

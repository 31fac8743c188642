internal import Glibc
internal import System

extension DiskBuilder {
    /// A mount that makes copying unnecessary.
    public struct Mount: Sendable, Equatable, Codable {
        public var source: String
        public var target: String
    }

    /// Mounts that show the tree without what is in some directories, for programs that take nothing but a directory.
    ///
    /// They are read-only and made in this order before `build` is called. Without them the content is copied.
    public func views(_ survey: Survey) throws(DiskError) -> [Mount] {
        var mounts: [Mount] = []
        for definition in definitions {
            guard let measure = survey[definition.name], !measure.isChanged, !measure.emptied.isEmpty,
                let name = definition.fileSystem, FileSystem.all[name]?.programs.isEmpty == false,
                let copy = try plan(of: definition).copies.first, let source = place(copy.source)
            else { continue }
            let view = viewPath(definition)
            try make(view)
            mounts.append(Mount(source: source, target: view))
            for (index, path) in measure.emptied.enumerated() {
                let empty = "\(scratch)/empty/\(definition.name)/\(index)"
                try StagedContent.make(ContentPlan(emptied: path), root: root, at: empty)
                guard let inner = copy.path(inSource: path) else { continue }
                mounts.append(Mount(source: empty, target: inner.isEmpty ? view : "\(view)/\(inner)"))
            }
        }
        return mounts
    }

    private func viewPath(_ definition: PartitionDefinition) -> String { "\(scratch)/view/\(definition.name)" }

    /// Returns the place of a directory of the tree, without a link on the way: programs would follow it to a place of
    /// the host.
    ///
    /// nil for what a program cannot be given: it is copied.
    private func place(_ path: String) -> String? {
        Files.place(path, inTree: root).flatMap { Files.isDirectory($0) ? $0 : nil }
    }

    private func make(_ path: String) throws(DiskError) {
        try DiskError.calling("create the directory", path) { () throws(SystemCallError) in
            try Files.makeDirectories(path)
        }
    }

    /// A directory with exactly the content of a partition: the tree, a view of it, or a copy.
    func directory(
        _ definition: PartitionDefinition,
        _ plan: ContentPlan,
        _ measure: ContentMeasure?
    ) throws(DiskError) -> String {
        if let measure, !measure.isChanged, let copy = plan.copies.first, let source = place(copy.source) {
            if measure.emptied.isEmpty { return source }
            let view = viewPath(definition)
            if (try? Files.list(view).isEmpty) == false { return view }
        }
        let path = "\(scratch)/content/\(definition.name)"
        try StagedContent.make(plan, root: root, at: path)
        return path
    }
}

import ArchiveKit
import ComparisonWire
import System

/// The place of something: in a tree or archive, or in a nested archive.
struct Place: Hashable {
    var path: String
    var inner: String?
    /// The number of enclosing archives.
    var depth = 0

    static let output = Place(path: "", inner: nil)

    /// For messages.
    var name: String { [path, inner].compactMap(\.self).joined(separator: ": ") }

    /// Something of the directory or archive at this place.
    func entry(_ path: BytePath) -> Place {
        if depth == 0 { return Place(path: path.string, inner: nil) }
        return Place(path: self.path, inner: inner.map { "\($0)/\(path.string)" } ?? path.string, depth: depth)
    }

    /// The same place, seen as an archive with entries of its own; those of the output are as good as a tree's.
    var asArchive: Place { path.isEmpty ? self : Place(path: path, inner: inner, depth: depth + 1) }

    /// The archive at this place as a whole.
    var archive: Place { Place(path: path, inner: inner) }

    func difference(_ kind: Difference.Kind, _ first: String?, _ second: String?) -> Difference {
        Difference(path: path, inner: inner, kind: kind, first: first, second: second)
    }
}

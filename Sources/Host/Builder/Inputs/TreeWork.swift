import ByteKeys
import CFiles
import Glibc
import Support
import System

/// The paths of the tree that a step's programs read, and those that they write.
///
/// A layer depends on all layers below it, but such a step only on those that have something of what it reads: where these are
/// the same again, what an earlier layer has of it is copied, and no program runs.
struct TreeWork: Sendable {
    /// Absolute paths and patterns (glob(7)), with all that is below them.
    let reads: [String]
    /// Absolute paths, with all that is below them.
    let writes: [String]

    /// Returns true if a layer has, or hides, something of what is read.
    func isAffected(by layer: String) -> Bool {
        reads.contains { Self.hasChange(Paths.components($0)[...], in: layer) }
    }

    /// Returns true if a layer changes what is written and nothing else, and removes nothing: copying that has the same effect.
    func isAll(of layer: String) -> Bool { hasOnlyResults(layer, below: "") }

    /// The written paths that a layer has.
    func results(in layer: String) -> [String] { writes.filter { Files.kind(of: layer + $0) != nil } }

    private static func hasChange(_ components: ArraySlice<Substring>, in directory: String) -> Bool {
        guard let component = components.first else { return true }
        var names = [String(component)]
        if component.contains(where: { "*?[".contains($0) }) {
            // What cannot be read may be anything.
            guard let all = try? Files.list(directory) else { return true }
            names = all.filter { Glob.matches($0, String(component)) }
        }
        return names.contains { name in
            let path = "\(directory)/\(name)"
            var status = stat()
            guard lstat(path, &status) == 0 else { return errno != ENOENT }
            // A link, a file or a mark of something removed changes everything below.
            guard status.st_mode & S_IFMT == S_IFDIR, components.count > 1, !isOpaque(path) else { return true }
            return hasChange(components.dropFirst(), in: path)
        }
    }

    private func hasOnlyResults(_ layer: String, below path: String) -> Bool {
        guard let names = try? Files.list(layer + path), !Self.isOpaque(layer + path) else { return false }
        return names.allSatisfy { name in
            let inner = "\(path)/\(name)"
            let isResult = writes.contains { inner.hasSameBytes(as: $0) || Paths.isBelow(inner, $0) }
            switch Files.kind(of: layer + inner) {
            case S_IFDIR:
                return (isResult || writes.contains { Paths.isBelow($0, inner) })
                    && hasOnlyResults(layer, below: inner)
            case S_IFREG, S_IFLNK: return isResult
            default: return false
            }
        }
    }

    /// A Boolean value indicating whether nothing of the directories below shows through.
    private static func isOpaque(_ directory: String) -> Bool {
        do throws(SystemCallError) {
            let opened = try Descriptor.open(directory, O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
            return try ExtendedAttribute.value(of: "user.overlay.opaque", opened.number, directory) != nil
        } catch {
            // What cannot be read may be so.
            return true
        }
    }
}

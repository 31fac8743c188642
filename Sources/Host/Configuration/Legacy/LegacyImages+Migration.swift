import ByteKeys
import Support
import System

extension LegacyImages {
    private var entries: [String] {
        get throws(Failure) {
            do throws(SystemCallError) {
                return try Files.list(directory)
            } catch {
                throw Failure(.system, "Cannot read the directory \(directory)", cause: error)
            }
        }
    }

    /// Returns the moves and removals of files in the directory.
    func moves() throws(Failure) -> [Migration.Change] {
        var moves: [Migration.Change] = []
        for entry in try entries {
            let old = "\(Self.directoryName)/\(entry)"
            let new = "\(SubimageDirectory.name)/\(Self.image(named: entry))"
            if let other = moves.first(where: { $0.new?.hasSameBytes(as: new) == true })?.old {
                throw Failure(.configuration, "Both \(other) and \(old) would be \(new)")
            }
            moves.append(Migration.Change(old: old, new: new, oldText: "", newText: "", isMove: true))
        }
        return moves
    }

    /// The changes to the files, with what numbers in front of names said written down as `Dependencies=`.
    func withOrder(_ changes: [Migration.Change], _ registry: Registry) throws(Failure) -> [Migration.Change] {
        var changes = changes
        var before: [String] = []
        for entry in try entries where !entry.hasPrefix(".") {
            let path = Paths.join(directory, entry)
            let isDirectory = Files.isDirectory(path)
            guard isDirectory || entry.hasSuffix(".conf") else { continue }
            let whole = isDirectory ? entry : String(entry.dropLast(5))
            let name = Self.image(named: whole)
            if !name.hasSameBytes(as: whole), !before.isEmpty, try !saysDependencies(path) {
                let file = "\(Self.directoryName)/\(entry)" + (isDirectory ? "/mkosi.conf" : "")
                let addition = "[Config]\nDependencies=\(before.joined(separator: ","))\n"
                if let index = changes.firstIndex(where: { $0.old?.hasSameBytes(as: file) == true }) {
                    changes[index].newText = Self.join(changes[index].newText, addition)
                } else if Files.exists(Paths.join(directory, isDirectory ? "\(entry)/mkosi.conf" : entry)) {
                    let text = try ConfigurationFile.text(of: isDirectory ? "\(path)/mkosi.conf" : path)
                    let new = Self.join(text, addition)
                    changes.append(Migration.Change(old: file, new: file, oldText: text, newText: new))
                } else {
                    changes.append(Migration.Change(old: nil, new: file, oldText: "", newText: addition))
                }
            }
            before.append(name)
        }
        return changes
    }

    private static func join(_ text: String, _ addition: String) -> String {
        if text.isEmpty { return addition }
        return text + (text.hasSuffix("\n") ? "\n" : "\n\n") + addition
    }

    /// Returns true if the configuration of an image says by itself which others it needs.
    private func saysDependencies(_ path: String) throws(Failure) -> Bool {
        var files = [path]
        if Files.isDirectory(path) {
            files = ["\(path)/mkosi.conf"]
            let dropIns = "\(path)/mkosi.conf.d"
            if Files.isDirectory(dropIns) { files += ((try? Files.list(dropIns)) ?? []).map { "\(dropIns)/\($0)" } }
        }
        for path in files where Files.kind(of: path) == 0o100000 {
            let file = try ConfigurationFile(path: path, text: try ConfigurationFile.text(of: path))
            let names = file.sections.filter { ConditionSection(rawValue: $0.name) == nil }.flatMap(\.entries).map(
                \.name
            )
            if names.contains(where: { [settingName(.dependencies), "Presets", "Images"].contains($0) }) {
                return true
            }
        }
        return false
    }
}

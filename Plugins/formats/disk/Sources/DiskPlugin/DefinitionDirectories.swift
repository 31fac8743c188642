import DiskKit
import PluginKit
import PluginWire
import System

/// The directories that a project has its partition definitions in, as repart.d(5) reads several.
struct DefinitionDirectories {
    let paths: [String]

    /// The definitions with their drop-ins, in the order of their names.
    ///
    /// A file replaces those of the same name in earlier directories, and a link to /dev/null takes them away.
    func files() throws -> [DiskJob.File] {
        let definitions = try latest(of: ".conf", in: paths)
        guard !definitions.isEmpty else {
            throw ErrorObject(
                code: .invalidParameters,
                message: "there is no partition definition in \(paths.joined(separator: " and "))",
                hint: "Add a file such as 10-root.conf, or remove the directory to get the default partitions"
            )
        }
        return try definitions.map { file in
            let name = String(file.name.dropLast(".conf".count))
            let places = paths.map { "\($0)/\(file.name).d" }.filter { Files.isDirectory($0) }
            let dropIns = try latest(of: ".conf", in: places).map { dropIn in
                DefinitionReader.DropIn(path: dropIn.path, text: try read(dropIn.path))
            }
            return DiskJob.File(
                name: name,
                path: file.path,
                text: try read(file.path),
                dropIns: dropIns.isEmpty ? nil : dropIns
            )
        }
    }

    /// The files with a suffix, in the order of their names; each name is that of the last directory that has it.
    private func latest(of suffix: String, in directories: [String]) throws -> [(name: String, path: String)] {
        var files: [String: String] = [:]
        for directory in directories {
            let names: [String]
            do throws(SystemCallError) {
                names = try Files.list(directory)
            } catch {
                throw ErrorObject.system("read the partition definitions", directory, number: error.errno)
            }
            for name in names where name.hasSuffix(suffix) {
                let path = "\(directory)/\(name)"
                files[name] = Paths.linkTarget(path) == "/dev/null" ? nil : path
            }
        }
        return files.map { ($0.key, $0.value) }.sorted { $0.0 < $1.0 }
    }

    private func read(_ path: String) throws -> String {
        do throws(SystemCallError) {
            return try Files.readText(path)
        } catch {
            throw ErrorObject.system("read the partition definition", path, number: error.errno)
        }
    }
}

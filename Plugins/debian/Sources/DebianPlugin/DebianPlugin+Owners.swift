import ByteKeys
public import PluginKit
public import PluginWire
import System

extension DebianPlugin {
    /// Looks paths up in dpkg's lists of files, and those that no list has in the scripts of packages.
    public func owners(_ request: ABI.V1.Owners, host: Host) throws -> ABI.V1.Owned {
        guard try Self.hasPackages(request.root, host) else { return ABI.V1.Owned(owners: [:]) }
        var owners: ByteDictionary<ByteSet> = [:]
        var rest: [String] = []
        for path in request.paths {
            if let name = Self.packageOfInfo(path) { owners[path] = [name] } else { rest.append(path) }
        }
        let pairs = rest.flatMap { path in Self.spellings(of: path).map { ($0, path) } }
        let spellings = ByteDictionary(pairs, uniquingKeysWith: { $1 })
        for line in try Self.search(spellings.keys.sorted(), "-x", "*.list", request.root, host) {
            guard let (file, found) = Self.hit(line), let path = spellings[found] else { continue }
            owners[path, default: []].insert(Self.package(ofFile: file))
        }
        // Files created by scripts are in no list; the script that creates them usually names them.
        let unknown = rest.filter { owners[$0] == nil }
        for line in try Self.search(unknown, "-o", "*.p*", request.root, host) {
            guard let (file, path) = Self.hit(line) else { continue }
            owners[path, default: []].insert(Self.package(ofFile: file))
        }
        return ABI.V1.Owned(owners: owners.mapValues { $0.sorted() })
    }

    /// Lines `FILE:WORD` of grep(1) for words in files of dpkg's database.
    private static func search(
        _ words: [String],
        _ option: String,
        _ pattern: String,
        _ root: String,
        _ host: Host
    ) throws -> [Substring] {
        let words = words.filter { !$0.utf8.contains(UInt8(ascii: "\n")) }
        if words.isEmpty { return [] }
        let script =
            "cd \"$1\" && for file in \(pattern); do [ ! -e \"$file\" ] || grep -HF \"$2\" -e \"$3\" -- \"$file\""
        var run = ABI.V1.Run([
            "sh", "-c", "\(script) || [ $? -eq 1 ]; done", "sh", root + DpkgDatabase.path + "/info", option,
            words.joined(separator: "\n"),
        ])
        run.capture = true
        return try Text.fields(host.run(run).output ?? "", "\n").map { $0[...] }
    }

    private static func hit(_ line: Substring) -> (file: Substring, word: String)? {
        // A package of one of several architectures has a colon in its file's name.
        let bytes = line.utf8
        guard let slash = bytes.firstIndex(of: UInt8(ascii: "/")), slash > bytes.startIndex else { return nil }
        let colon = bytes.index(before: slash)
        return bytes[colon] == UInt8(ascii: ":") ? (line[..<colon], String(line[slash...])) : nil
    }

    /// `acme:amd64.list` belongs to `acme`.
    private static func package(ofFile file: Substring) -> String {
        let stem = file.lastIndex(of: ".").map { file[..<$0] } ?? file
        return String(stem.prefix { $0 != ":" })
    }

    /// The package that a file of dpkg's own database is about.
    static func packageOfInfo(_ path: String) -> String? {
        let directory = DpkgDatabase.path + "/info/"
        guard path.hasPrefix(directory) else { return nil }
        let file = path.dropFirst(directory.count)
        return file.utf8.contains(UInt8(ascii: "/")) || !file.contains(".") ? nil : package(ofFile: file)
    }

    /// The path as lists may have it: packages still ship files below directories that are links into `/usr`.
    static func spellings(of path: String) -> [String] {
        let directories = ["/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32"]
        for directory in directories where path.hasPrefix("/usr\(directory)/") {
            return [path, String(path.dropFirst(4))]
        }
        for directory in directories where path.hasPrefix("\(directory)/") { return [path, "/usr\(path)"] }
        return [path]
    }
}

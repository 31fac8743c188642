import Glibc
import PackageSamples
import Support
import System

/// The result of a build of the checks with packages.
struct BuiltImage {
    var succeeded: Bool
    /// All that the program printed.
    var output: String
    /// The directory with the image; it exists only if the build succeeded.
    var path: String
    /// The format of its packages.
    var format: SampleFormat
    /// The packages of the manifest.
    var packages: [Package] = []

    struct Package: Decodable {
        var name: String
        var version: String
        var architecture: String
        var size: Int?
        var source: String?
        var license: String?
    }

    /// Of ordinary users everything in an image is their own.
    static var hasOwners: Bool { geteuid() == 0 }

    var names: [String] { packages.map(\.name).sorted() }

    /// The line with the error in what the program printed.
    var reason: String {
        let lines = output.split(separator: "\n").map(String.init)
        return Excerpt.text(lines.first { $0.contains("error: ") } ?? lines.last ?? "it printed nothing")
    }

    /// Throws unless the packages are these and no others; the shell is part of every image of some formats.
    func expect(names wanted: [String]) throws(CheckFailure) {
        let isBase = { (name: String) in name == "shell" }
        let isSame = names.filter { !isBase($0) } == wanted.filter { !isBase($0) }.sorted()
        try require(isSame, "the image has \(names.joined(separator: ", "))")
    }

    func expect(_ name: String, isInstalled: Bool = true) throws(CheckFailure) {
        try require(names.contains(name) == isInstalled, "\(name) was \(isInstalled ? "not " : "")installed")
    }

    func package(_ name: String) throws(CheckFailure) -> Package {
        guard let found = packages.first(where: { $0.name == name }) else {
            throw CheckFailure("the manifest does not list \(name)")
        }
        return found
    }

    func expect(version: String, of name: String) throws(CheckFailure) {
        let (found, version) = (try package(name).version, format.version(version))
        try require(found == version, "the version of \(name) is \(found) and not \(version)")
    }

    // MARK: - Files

    func status(_ file: String) throws(CheckFailure) -> stat {
        var status = stat()
        guard lstat(path + file, &status) == 0 else { throw CheckFailure("\(file) is missing") }
        return status
    }

    func exists(_ file: String) -> Bool {
        var status = stat()
        return lstat(path + file, &status) == 0
    }

    func expect(mode: UInt32, at file: String) throws(CheckFailure) {
        let found = try status(file).st_mode & 0o7777
        let (text, wanted) = (String(found, radix: 8), String(mode, radix: 8))
        try require(found == mode, "\(file) has the mode \(text) and not \(wanted)")
    }

    func expect(group: UInt32, at file: String) throws(CheckFailure) {
        let found = try status(file).st_gid
        try require(found == group || !Self.hasOwners, "\(file) belongs to the group \(found), not \(group)")
    }

    func expect(text: String, at file: String) throws(CheckFailure) {
        guard let found = try? Files.readText(path + file) else { throw CheckFailure("\(file) cannot be read") }
        try require(found == text, "\(file) has other content: \(Excerpt.quoted(found.utf8.prefix(100)))")
    }

    func expect(missing file: String) throws(CheckFailure) {
        try require(!exists(file), "\(file) is there")
    }

    func expect(link target: String, at file: String) throws(CheckFailure) {
        var buffer = [CChar](repeating: 0, count: 4096)
        let count = readlink(path + file, &buffer, buffer.count)
        let text = String(decoding: buffer.prefix(max(0, count)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        try require(text == target, "\(file) leads to \"\(text)\"")
    }

    func attributes(of file: String) -> [String] {
        guard let file = try? Descriptor.open(path + file, O_RDONLY) else { return [] }
        return (try? ExtendedAttribute.names(of: file.number, path)) ?? []
    }

    /// Throws if anything that is no directory is below one of the directories.
    func expect(noFilesBelow directories: [String]) throws(CheckFailure) {
        for directory in directories {
            let files = Self.files(below: path + directory)
            try require(files.isEmpty, "\(directory) has \(files.prefix(3).joined(separator: ", "))")
        }
    }

    /// Paths of everything below a directory that is no directory itself.
    static func files(below directory: String) -> [String] {
        ((try? Files.list(directory)) ?? []).flatMap { name in
            let path = "\(directory)/\(name)"
            return Files.kind(of: path) == S_IFDIR ? files(below: path) : [path]
        }
    }

    /// The first difference from another image, as a sentence; nil: there is none.
    func difference(from other: BuiltImage) -> String? { Self.difference(path, other.path, "") }

    private static func difference(_ one: String, _ two: String, _ place: String) -> String? {
        var (first, second) = (stat(), stat())
        guard lstat(one + place, &first) == 0, lstat(two + place, &second) == 0 else {
            return "\(place) is in one of two images only"
        }
        if first.st_mode != second.st_mode { return "\(place) has other permissions" }
        if first.st_mtim.tv_sec != second.st_mtim.tv_sec { return "\(place) has another time" }
        switch first.st_mode & S_IFMT {
        case S_IFDIR:
            let names = Set((try? Files.list(one + place)) ?? []).union((try? Files.list(two + place)) ?? [])
            for name in names.sorted() {
                if let difference = difference(one, two, "\(place)/\(name)") { return difference }
            }
        case S_IFREG:
            if (try? Files.read(one + place)) != (try? Files.read(two + place)) { return "\(place) has other content" }
        default: break
        }
        return nil
    }
}

/// Throws the reason unless the condition is true.
func require(_ condition: Bool, _ reason: @autoclosure () -> String) throws(CheckFailure) {
    if !condition { throw CheckFailure(reason()) }
}

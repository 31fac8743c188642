import ByteKeys
public import Support
import System

/// A project of the first generations: `mkosi.default`, `mkosi.default.d/` and `mkosi.files/`.
struct LegacyProject: Sendable {
    /// The project's directory: relative paths start from it, wherever a link leads.
    var directory: String
    /// `mkosi.default`, or the file that `--default=` names in its place.
    var main: String?
    /// The files of `mkosi.default.d/`, in order.
    var dropIns: [DropIn] = []
    /// The files of `mkosi.files/`, by what follows `mkosi.` in their names.
    var files: [(name: String, path: String)] = []

    struct DropIn: Sendable {
        var path: String
        /// Its directory, if it applies to one distribution only.
        var distribution: String?
    }

    static let mainName = "mkosi.default"
    static let dropInsName = "mkosi.default.d"
    static let filesName = "mkosi.files"

    /// Returns true if a directory has files of the first generations and none of today's.
    static func exists(in directory: String) -> Bool {
        if hasFilesOfToday(directory) { return false }
        return [mainName, dropInsName, filesName].contains { Files.exists(Paths.join(directory, $0)) }
    }

    static func hasFilesOfToday(_ directory: String) -> Bool {
        let names = ["mkosi.conf", "mkosi.conf.d", "mkosi.tools.conf", "mkosi/mkosi.conf", "mkosi/mkosi.tools.conf"]
        return names.contains { Files.exists(Paths.join(directory, $0)) }
    }

    /// The files of a project; nil when it is none of the first generations.
    init?(_ request: LegacyRequest, directory: String) throws(Failure) {
        guard request.file != nil || Self.exists(in: directory) else { return nil }
        self.directory = directory
        if let file = request.file {
            main = Paths.absolute(file, from: directory)
        } else {
            let path = Paths.join(directory, Self.mainName)
            if Files.exists(path) { main = path }
        }
        dropIns = try Self.dropIns(in: Paths.join(directory, Self.dropInsName))
        let directory = Paths.absolute(request.filesDirectory ?? Self.filesName, from: directory)
        for name in try Self.names(in: directory) where name.hasPrefix("mkosi.") && name.utf8.count > 6 {
            let path = Paths.join(directory, name)
            if !Files.isDirectory(path) { files.append((String(name.dropFirst(6)), path)) }
        }
    }

    /// The name of a file of `mkosi.files/` that is read as the main file.
    var profile: String? {
        guard let main else { return nil }
        return files.first { $0.path.hasSameBytes(as: main) }?.name
    }

    private static func dropIns(in directory: String) throws(Failure) -> [DropIn] {
        var plain: [DropIn] = []
        var special: [DropIn] = []
        for name in try names(in: directory) where !name.hasPrefix(".") {
            let path = Paths.join(directory, name)
            if Files.isDirectory(path) {
                for file in try names(in: path) where !file.hasPrefix(".") {
                    let inner = Paths.join(path, file)
                    if !Files.isDirectory(inner) { special.append(DropIn(path: inner, distribution: name)) }
                }
            } else {
                plain.append(DropIn(path: path))
            }
        }
        return plain + special
    }

    private static func names(in directory: String) throws(Failure) -> [String] {
        guard Files.isDirectory(directory) else { return [] }
        do throws(SystemCallError) {
            return try Files.list(directory)
        } catch {
            throw Failure(.system, "Cannot read the directory \(directory)", cause: error)
        }
    }

    static let passwordName = "mkosi.rootpw"

    /// The content of `mkosi.rootpw`, if it is a file and does not say by itself that it is a hash.
    var passwordHash: String? {
        let path = Paths.join(directory, Self.passwordName)
        guard !Files.isExecutable(path), let text = try? Files.readText(path).trimmed else { return nil }
        return text.isEmpty || text.hasPrefix("hashed:") ? nil : text
    }

    static func read(_ path: String) throws(Failure) -> LegacyFile {
        LegacyFile(path: path, text: try ConfigurationFile.text(of: path))
    }
}

/// The options of a command line about files of the first generations.
public struct LegacyRequest: Sendable, Equatable {
    /// The file of `--default=`.
    public var file: String?
    /// The directory of `--all-directory=`.
    public var filesDirectory: String?

    public init(file: String? = nil, filesDirectory: String? = nil) {
        self.file = file
        self.filesDirectory = filesDirectory
    }

    /// Returns true if a directory is a project of the first generations.
    public static func isProject(_ directory: String) -> Bool { LegacyProject.exists(in: directory) }

    /// The profile that the file of `--default=` has become.
    public func profile(in directory: String) -> String? {
        guard let file, !Files.exists(Paths.absolute(file, from: directory)) else { return nil }
        let name = Paths.name(file)
        guard name.hasPrefix("mkosi.") else { return nil }
        let profile = String(name.dropFirst(6))
        let path = Paths.join(directory, "mkosi.profiles/\(profile).conf")
        return Files.exists(path) ? profile : nil
    }

    /// The files that `--all` goes through, by name: those of `mkosi.files/`, or the profiles of today.
    public func names(in directory: String) throws(Failure) -> [String] {
        if let project = try LegacyProject(self, directory: directory) { return project.files.map(\.name) }
        let directory = Paths.join(directory, "mkosi.profiles")
        guard Files.isDirectory(directory) else { return [] }
        do throws(SystemCallError) {
            return try Files.list(directory).map { $0.hasSuffix(".conf") ? String($0.dropLast(5)) : $0 }
        } catch {
            throw Failure(.system, "Cannot read the directory \(directory)", cause: error)
        }
    }

    /// The file for a name of `--all`; nil for a profile of today.
    public func path(named name: String, in directory: String) throws(Failure) -> String? {
        try LegacyProject(self, directory: directory)?.files.first { $0.name.hasSameBytes(as: name) }?.path
    }
}

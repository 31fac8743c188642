import CFiles
import Configuration
import Crypto
import Glibc
import Support

/// What scripts can read beside their own files, as far as it counts.
enum ScriptReading {
    /// Settings that say where things lie, or what happens besides; no script makes anything else because of them.
    private static let indifferent: Set<String> = [
        settingName(.outputDirectory), settingName(.cacheDirectory), settingName(.packageCacheDirectory),
        settingName(.buildDirectory), settingName(.workspaceDirectory),
        settingName(.cacheKey), settingName(.incremental), settingName(.dependencies), settingName(.minimumVersion),
        settingName(.configureScripts), settingName(.passEnvironment), settingName(.history),
    ]

    /// Whether a script could make another result of another value.
    static func counts(_ row: SettingDefinition) -> Bool {
        guard row.section != .runtime, row.section != .include, !indifferent.contains(row.name) else { return false }
        // What scripts do is told by their content, and which trees there are by where they lie.
        return !ScriptKind.allCases.contains { $0.setting.name == row.name }
    }

    /// Directories of programs, and of the links that choose one of several programs for a name.
    private static let directories = [
        "/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/etc/alternatives",
    ]

    /// Directories with what programs read.
    private static let libraries = ["/usr/include", "/usr/lib", "/usr/lib64", "/usr/libexec"]
    private static let data = "/usr/share"

    /// What tells the machine's programs and what they read from those before an update.
    static func programs() throws(Failure) -> String {
        var text = ""
        for directory in directories {
            for name in names(directory) { text += line("\(directory)/\(name)") ?? "" }
        }
        // A package that comes, goes or changes lets its directories have another time: there are too many files to ask.
        for top in libraries {
            for directory in [top] + subdirectories(of: top) {
                text += line(directory) ?? ""
                if directory != top { text += subdirectories(of: directory).compactMap(line).joined() }
            }
        }
        text += ([data] + subdirectories(of: data)).compactMap(line).joined()
        do throws(DigestError) {
            return try Digest.of(Array(text.utf8))
        } catch {
            throw Failure(.system, error.message)
        }
    }

    private static func names(_ directory: String) -> [String] { ((try? Files.list(directory)) ?? []).sorted() }

    /// The directories in a directory, as the kernel lists them: to ask for each entry would take far longer.
    private static func subdirectories(of directory: String) -> [String] {
        guard let stream = opendir(directory) else { return [] }
        defer { closedir(stream) }
        var found: [String] = []
        while let entry = readdir(stream) {
            guard [UInt8(DT_DIR), UInt8(DT_UNKNOWN)].contains(entry.pointee.d_type) else { continue }
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { found.append("\(directory)/\(name)") }
        }
        return found.sorted()
    }

    private static func line(_ path: String) -> String? {
        var status = mkosi_status()
        guard mkosi_status_at(AT_FDCWD, path, &status) == 0 else { return nil }
        return "\(path) \(status.size) \(status.modified_seconds)\n"
    }
}

import CFiles
import Checksum
import Configuration
import Glibc
import Support

/// What scripts can read beside their own files, as far as it counts.
enum ScriptReading {
    /// Settings that say where things lie, or what happens besides; no script makes anything else because of them.
    private static let indifferent: Set<String> = [
        "OutputDirectory", "CacheDirectory", "PackageCacheDirectory", "BuildDirectory", "WorkspaceDirectory",
        "CacheKey", "Incremental", "Dependencies", "MinimumVersion", "ConfigureScripts", "PassEnvironment", "History",
    ]

    /// Whether a script could make another result of another value.
    static func counts(_ row: SettingDefinition) -> Bool {
        guard row.section != .runtime, row.section != .include, !indifferent.contains(row.name) else { return false }
        // What scripts do is told by their content, and which trees there are by where they lie.
        return !ScriptKind.allCases.contains { $0.setting.name == row.name }
    }

    private static let folders = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin"]

    /// What tells the machine's programs from those before an update: their names, sizes and times.
    static func programs() throws(Failure) -> String {
        var text = ""
        for folder in folders {
            for name in ((try? Files.list(folder)) ?? []).sorted() {
                var status = mkosi_status()
                guard mkosi_status_at(AT_FDCWD, "\(folder)/\(name)", &status) == 0 else { continue }
                text += "\(name) \(status.size) \(status.modified_seconds)\n"
            }
        }
        do throws(DigestError) {
            return try Digest.of(Array(text.utf8))
        } catch {
            throw Failure(.system, error.message)
        }
    }
}

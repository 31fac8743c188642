import ByteKeys
import Glibc
import JSON
import PluginWire
import Support
import System

@testable import Configuration
@testable import HostCommandLine

/// Reads a project of an older generation, brings it into today's form, and reads it again: both say the same.
enum LegacyFuzz {
    static func run(_ bytes: [UInt8]) {
        let project = FuzzProject(bytes, standardName: "mkosi.default")
        project.onDisk(in: Machine.directory) {
            // Conditions that look for files, and lists of files, change with the files.
            let old = load(project)
            migrate(project, old)
        }
        clear(Machine.directory)
    }

    private static func load(_ project: FuzzProject) -> LoadedConfiguration? {
        do throws(Failure) {
            let options = LegacyOptions(
                registry: Machine.registry,
                catalogue: Machine.facts,
                directory: Machine.directory,
                isFirst: LegacyOptions.concern(
                    project.options[...],
                    directory: Machine.directory,
                    catalogue: Machine.facts
                )
            )
            let invocation = try ArgumentParser.parse(project.options, registry: Machine.registry, legacy: options)
            var request = ConfigurationRequest(directory: Machine.directory, options: invocation.settings)
            request.legacy = invocation.legacy
            let host = Machine.host(environment: project.environment)
            let loaded = try request.load(registry: Machine.registry, catalogue: Machine.facts, host: host)
            ConfigurationFuzz.check(loaded)
            return loaded
        } catch {
            ConfigurationFuzz.check(error)
            return nil
        }
    }

    private static func migration() throws(Failure) -> Migration {
        try Migration(
            LegacyRequest(),
            directory: Machine.directory,
            registry: Machine.registry,
            catalogue: Machine.facts
        )
    }

    private static func migrate(_ project: FuzzProject, _ old: LoadedConfiguration?) {
        let hasOldImages = Files.exists("\(Machine.directory)/\(LegacyImages.directoryName)")
        do throws(Failure) {
            let migration = try migration()
            _ = migration.difference
            try migration.write()
        } catch {
            return ConfigurationFuzz.check(error)
        }
        // What could not be read before need not be readable now.
        guard let old, project.options.isEmpty, !hasOldImages else { return }
        guard let new = load(project) else {
            broken("what could be read can still be read", "\(readAgain(project))")
        }
        let texts = [old, new].map { withoutFiles($0.json).indentedText }
        if texts[0] != texts[1] { broken("migration changes nothing", difference(texts[0], texts[1])) }
        do throws(Failure) {
            let text = try migration().difference
            if !text.isEmpty { broken("nothing is left to migrate", text) }
        } catch {
            // A file of a profile that is not chosen may be broken: it is only looked at here.
            ConfigurationFuzz.check(error)
        }
    }

    private static func readAgain(_ project: FuzzProject) -> String {
        do throws(Failure) {
            let request = ConfigurationRequest(directory: Machine.directory)
            _ = try request.load(registry: Machine.registry, catalogue: Machine.facts, host: Machine.host())
            return ""
        } catch {
            return "\(error) \(error.excerpt)"
        }
    }

    /// Migration changes which files there are, and nothing else.
    private static func withoutFiles(_ json: JSON) -> JSON {
        switch json {
        case .object(let members): .object(members.filter { $0.key != "Files" }.mapValues(withoutFiles))
        case .array(let values): .array(values.map(withoutFiles))
        default: json
        }
    }

    private static func difference(_ old: String, _ new: String) -> String {
        let (left, right) = (Set(old.split(separator: "\n")), Set(new.split(separator: "\n")))
        let lines = left.subtracting(right).map { "-\($0)" } + right.subtracting(left).map { "+\($0)" }
        return lines.sorted().joined(separator: "\n")
    }

    /// Removes what migration has made and moved; links are never followed.
    private static func clear(_ directory: String) {
        for name in (try? Files.list(directory)) ?? [] {
            let path = "\(directory)/\(name)"
            if Files.kind(of: path) == S_IFDIR { clear(path) }
            remove(path)
        }
    }
}

import JSON
import PluginWire
import Support

@testable import Configuration
@testable import HostCommandLine

/// Reads a project: there is a configuration or a failure that says where, never a crash.
enum ConfigurationFuzz {
    static func run(_ bytes: [UInt8]) {
        let project = FuzzProject(bytes)
        project.onDisk(in: Machine.directory) {
            do throws(Failure) {
                let invocation = try ArgumentParser.parse(project.options, registry: Machine.registry)
                let request = ConfigurationRequest(directory: Machine.directory, options: invocation.settings)
                let host = Machine.host(environment: project.environment)
                check(try request.load(registry: Machine.registry, catalogue: Machine.facts, host: host))
            } catch {
                check(error)
            }
        }
    }

    /// What holds for every configuration.
    static func check(_ loaded: LoadedConfiguration) {
        let text = loaded.json.indentedText
        do throws(JSON.ParseError) {
            if try JSON.parse(text.utf8) != loaded.json { broken("JSON says what is configured", text) }
        } catch {
            broken("JSON can be read again", "\(error)\n\(text)")
        }
        for image in loaded.images { _ = SummaryText(image: image, isColoured: false).text }
        for warning in loaded.warnings where warning.message.isEmpty { broken("a warning has a text", "\(warning)") }
    }

    /// What holds for every failure.
    static func check(_ failure: Failure) {
        if failure.message.isEmpty { broken("a failure has a text", "\(failure)") }
        if failure.excerpt.count > 2 { broken("an excerpt has a line and its marks", "\(failure.excerpt)") }
        if failure.hint == "" { broken("a hint has a text", failure.message) }
    }
}

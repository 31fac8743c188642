import Support

@testable import Configuration
@testable import HostCommandLine

/// Reads a command line, and settles what it sets in a project without files.
enum CommandLineFuzz {
    static func run(_ bytes: [UInt8]) {
        let words = bytes.split(separator: 0, omittingEmptySubsequences: false).map {
            String(decoding: $0, as: UTF8.self)
        }
        _ = HostProgram.projectDirectory(words, Machine.directory)
        do throws(Failure) {
            let invocation = try ArgumentParser.parse(words, registry: Machine.registry)
            let loaded = try ConfigurationRequest(directory: nil, options: invocation.settings)
                .load(registry: Machine.registry, catalogue: Machine.facts, host: Machine.host())
            ConfigurationFuzz.check(loaded)
        } catch {
            ConfigurationFuzz.check(error)
        }
    }
}

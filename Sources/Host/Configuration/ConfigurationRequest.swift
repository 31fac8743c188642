public import Support
import System

/// A request for a configuration: a directory, and the options of the command line.
public struct ConfigurationRequest: Sendable {
    /// The project's directory; nil reads no files at all.
    public var directory: String?
    /// Settings of the command line, in order.
    public var options: [OptionValue]
    /// The options about files of older generations.
    public var legacy = LegacyRequest()

    public init(directory: String?, options: [OptionValue] = []) {
        self.directory = directory
        self.options = options
    }

    /// One setting that the command line sets.
    public struct OptionValue: Sendable, Equatable {
        /// As it was written: `-p`, `--package`.
        public var option: String
        public var setting: String
        /// Empty: back to the default.
        public var text: String

        public init(option: String, setting: String, text: String) {
            self.option = option
            self.setting = setting
            self.text = text
        }
    }
}

extension ConfigurationRequest {
    /// Returns the boolean that a word means, in files and on the command line alike.
    public static func boolean(_ text: String) -> Bool? { Scalars.boolean(text) }

    /// Reads the command line's settings, then the files of the project, and settles every value.
    public func load(
        registry: Registry,
        catalogue: PluginFacts,
        host: HostFacts
    ) throws(Failure) -> LoadedConfiguration {
        let start = directory.map { Paths.entered($0, from: host.currentDirectory) } ?? host.currentDirectory
        var host = host
        host.currentDirectory = start
        var project = ProjectLoader(
            registry: registry,
            catalogue: catalogue,
            host: host,
            project: directory == nil ? nil : Self.projectDirectory(start)
        )
        project.legacy = legacy
        return try project.load(options: options)
    }

    /// The directory itself, or its directory `mkosi` when only that has configuration.
    private static func projectDirectory(_ directory: String) -> String {
        let names = ["mkosi.conf", "mkosi.tools.conf"]
        func isProject(_ path: String) -> Bool { names.contains { Files.exists(Paths.join(path, $0)) } }
        let inner = Paths.join(directory, "mkosi")
        return !isProject(directory) && isProject(inner) ? inner : directory
    }
}

extension Loader {
    /// Makes the assignments of the command line; what it includes is read after all of them.
    mutating func read(
        options: [ConfigurationRequest.OptionValue],
        directory: String
    ) throws(Failure) {
        let place = Place(directory: directory, layer: .commandLine)
        for isInclude in [false, true] {
            for option in options where (option.setting == settingName(.include)) == isInclude {
                guard let row = registry.setting(named: option.setting) else { continue }
                try assign(Source(option: option.option, text: option.text), to: row, place)
            }
        }
    }
}

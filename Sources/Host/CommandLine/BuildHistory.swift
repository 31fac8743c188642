import ByteKeys
import Configuration
import JSON
import PluginWire
import Support
import System

/// The options of the last build, which later verbs use again: `History=`.
///
/// They are stored in the directory in which mkosi was started, and used until the next build.
struct BuildHistory {
    let path: String
    private let directory: String

    private static let directories = [".mkosi-private", "history"]
    private static let file = "latest.json"

    init(directory: String) {
        self.directory = directory
        path = (Self.directories + [Self.file]).reduce(directory, Paths.join)
    }

    /// Options of these sections are no part of a build: they can differ every time.
    private static let freeSections: [Section] = [.include, .runtime]

    /// Returns true if a verb works with the image of the last build, and not with what its own options mean.
    static func isUsed(by invocation: Invocation) -> Bool {
        switch invocation.verb {
        case "build": invocation[SharedOptions.rerunBuildScripts]
        case "clean": false
        default: invocation[SharedOptions.force] == 0
        }
    }

    /// Keeps what the command line says for later.
    func write(_ options: [ConfigurationRequest.OptionValue], _ registry: Registry) throws(Failure) {
        let kept = options.filter { !Self.isFree($0, registry) }
        let json = JSON.array(
            kept.map {
                ["Option": .string($0.option), "Setting": .string($0.setting), "Value": .string($0.text)]
            }
        )
        do throws(SystemCallError) {
            // Passwords may be among them.
            try ProjectDirectory(directory, Self.directories, creates: true)
                .write(json.indentedText.utf8, as: Self.file, mode: 0o600)
        } catch {
            throw Failure(.system, "Cannot store the options of this build in \(path)", cause: error)
        }
    }

    /// Forgets the options of the last build.
    func remove() {
        (try? ProjectDirectory(directory, Self.directories))?.remove(Self.file)
    }

    /// The options of the last build; nil when none were kept.
    func read() throws(Failure) -> [ConfigurationRequest.OptionValue]? {
        guard Files.exists(path) else { return nil }
        do {
            let members = try JSON.parse(Files.read(path)).array ?? []
            return members.compactMap { member in
                guard let option = member["Option"]?.string, let setting = member["Setting"]?.string,
                    let text = member["Value"]?.string
                else { return nil }
                return ConfigurationRequest.OptionValue(option: option, setting: setting, text: text)
            }
        } catch {
            throw Failure(
                .configuration,
                "\(path) cannot be read",
                hint: "Remove it; the next build recreates it",
                cause: error
            )
        }
    }

    /// The options that count: those of the last build, and of this command line what is no part of a build.
    ///
    /// `onIgnored` learns of every other option that says something else than the last build's.
    static func merged(
        _ history: [ConfigurationRequest.OptionValue],
        _ options: [ConfigurationRequest.OptionValue],
        _ registry: Registry,
        onIgnored: (String) -> Void
    ) -> [ConfigurationRequest.OptionValue] {
        for option in options where !isFree(option, registry) {
            let isSame = history.contains { $0.setting == option.setting && $0.text.hasSameBytes(as: option.text) }
            if !isSame { onIgnored(option.option) }
        }
        return history + options.filter { isFree($0, registry) }
    }

    private static func isFree(_ option: ConfigurationRequest.OptionValue, _ registry: Registry) -> Bool {
        registry.setting(named: option.setting).map { freeSections.contains($0.section) } ?? false
    }
}

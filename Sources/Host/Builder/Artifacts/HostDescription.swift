import ByteKeys
import Configuration
import PluginWire
import Support
import System

/// The facts about the host that artifacts may be given, as the kernel states them.
enum HostDescription {
    /// The facts that settings ask for by the description of an artifact, by their names.
    static func facts(
        for description: ABI.V1.ArtifactDescription,
        of image: ImageConfiguration
    ) -> ByteDictionary<String> {
        var facts: ByteDictionary<String> = [:]
        for (name, settings) in description.host ?? [:] where settings.contains(where: { asks($0, image) }) {
            facts[name] = fact(name)
        }
        return facts
    }

    private static func asks(_ setting: String, _ image: ImageConfiguration) -> Bool {
        switch image.value(named: setting) {
        case .bool(let isTrue): isTrue
        case .list(let elements): elements.contains("host")
        default: false
        }
    }

    private static func fact(_ name: String) -> String? {
        switch name {
        case "processor": processor(of: (try? Files.readText("/proc/cpuinfo")) ?? "")
        case "modules": modules
        default: nil
        }
    }

    /// Returns the parts of `/proc/cpuinfo` that distinguish processors; empty if the kernel does not state them.
    static func processor(of text: String) -> String {
        // The kernel says it for every processor; they are of one kind.
        let first = text.firstRange(of: "\n\n").map { text[..<$0.lowerBound] } ?? text[...]
        return first.split(separator: "\n").filter { line in
            let name = line.prefix { $0 != ":" && $0 != "\t" }
            return ["vendor_id", "cpu family", "model", "stepping"].contains(String(name))
        }.map { "\($0)\n" }.joined()
    }

    /// The names of the modules that the host has loaded, sorted, one on each line.
    static var modules: String { modules(of: (try? Files.readText("/proc/modules")) ?? "") }

    /// The names of modules, sorted, one on each line, of the text of `/proc/modules`.
    static func modules(of text: String) -> String {
        text.split(separator: "\n").map { $0.prefix { $0 != " " } }.sorted().map { "\($0)\n" }.joined()
    }
}

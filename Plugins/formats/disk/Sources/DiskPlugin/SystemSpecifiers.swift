import BootKit
import DiskKit
import System

/// The values of `%` and a letter in definitions: for the running system of repart.d(5), those of the tree.
struct SystemSpecifiers {
    let values: [Character: String]

    /// Every letter with some value, where only the syntax matters.
    static let unknown = SystemSpecifiers(values: Dictionary(uniqueKeysWithValues: "aABHlmMoqwWTV".map { ($0, "x") }))

    private init(values: [Character: String]) {
        self.values = values
    }

    /// The values of a tree.
    ///
    /// There is none for the boot (`%b`) and the release of the running kernel (`%v`), nor for a machine ID that is not set.
    init(root: String, architecture: String) {
        let identity = SystemIdentity(root: root)?.values ?? [:]
        func lines(_ path: String) -> [Substring] {
            guard let place = Files.place(path, inTree: root), Files.isPlainFile(place),
                let bytes = try? Files.read(place, limit: 1 << 16)
            else { return [] }
            return String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline)
        }
        let host = lines("/etc/hostname").first.map(String.init) ?? "localhost"
        let short = String(host.prefix { $0 != "." })
        let pretty = lines("/etc/machine-info").first { $0.hasPrefix("PRETTY_HOSTNAME=") }
        var values: [Character: String] = ["a": architecture, "H": host, "l": short, "T": "/tmp", "V": "/var/tmp"]
        values["q"] = pretty.map { $0.dropFirst("PRETTY_HOSTNAME=".count).filter { $0 != "\"" } } ?? short
        for (letter, name) in [
            ("A", "IMAGE_VERSION"), ("B", "BUILD_ID"), ("M", "IMAGE_ID"), ("o", "ID"), ("w", "VERSION_ID"),
            ("W", "VARIANT_ID"),
        ] as [(Character, String)] {
            values[letter] = identity[name] ?? ""
        }
        let machine = lines("/etc/machine-id").first.map(String.init) ?? ""
        if machine.count == 32, machine.allSatisfy(\.isHexDigit) { values["m"] = machine }
        self.values = values
    }
}

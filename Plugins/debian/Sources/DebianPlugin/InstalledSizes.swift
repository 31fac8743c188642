import PluginWire

/// What packages take in a tree, as the indexes state it in `Installed-Size`.
struct InstalledSizes {
    /// By name, version and architecture.
    private let bytes: [String: Int]

    /// Asks apt for these packages; what it does not know stays unknown, for no build depends on it.
    init(of packages: [ABI.V1.Package], _ apt: AptCommand) {
        guard !packages.isEmpty else {
            bytes = [:]
            return
        }
        let names = packages.map { ResolveTool.exactly($0) }
        let outcome = try? apt.run(["show", "--no-all-versions"] + names, program: "apt-cache")
        bytes = Self.read(outcome?.output ?? [])
    }

    /// Reads the lines of `apt-cache show`.
    static func read(_ lines: [String]) -> [String: Int] {
        var bytes: [String: Int] = [:]
        var stanza: [String: String] = [:]
        func finish() {
            guard let name = stanza["Package"], let version = stanza["Version"], let machine = stanza["Architecture"],
                let size = stanza["Installed-Size"].flatMap(Int.init), (0..<1 << 29).contains(size)
            else { return }
            bytes["\(name) \(version) \(machine)"] = size << 10
        }
        for line in lines {
            for field in ["Package", "Version", "Architecture", "Installed-Size"] where line.hasPrefix("\(field): ") {
                if field == "Package" {
                    finish()
                    stanza = [:]
                }
                stanza[field] = Text.trimmed(String(line.dropFirst(field.utf8.count + 2)))
            }
        }
        finish()
        return bytes
    }

    subscript(package: ABI.V1.Package) -> Int? {
        bytes["\(package.name) \(package.version) \(package.architecture)"]
    }
}

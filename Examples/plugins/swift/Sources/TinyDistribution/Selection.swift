import PluginWire

/// A package's description of itself.
struct InstalledEntry: Codable {
    var name: String
    var version: String
    var architecture: String
    var needs: [String]
}

/// A package as the index describes it.
struct IndexEntry: Codable {
    var name: String
    var version: String
    var architecture: String
    var needs: [String]
    var size: Int
    var sha256: String
    var fileName: String
}

/// Packages and what they need, in an order in which they can be installed.
struct Selection {
    let index: [String: IndexEntry]
    let mirror: String
    let installed: Set<String>
    private(set) var packages: [ABI.V1.Package] = []
    private var seen: Set<String> = []

    init(index: [String: IndexEntry], mirror: String, installed: Set<String>) {
        self.index = index
        self.mirror = mirror
        self.installed = installed
    }

    mutating func add(_ name: String, requested: Bool) throws {
        guard let entry = index[name] else {
            throw ErrorObject(code: .notFound, message: "there is no package \(name) in \(mirror)")
        }
        guard !installed.contains(name), seen.insert(name).inserted else { return }
        for need in entry.needs { try add(need, requested: false) }
        var package = ABI.V1.Package(
            name: name,
            version: entry.version,
            architecture: entry.architecture,
            urls: ["\(mirror)/\(entry.fileName)"],
            size: entry.size,
            sha256: entry.sha256,
            fileName: entry.fileName
        )
        package.requested = requested
        packages.append(package)
    }
}

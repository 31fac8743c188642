import PackageSamples

/// One alternative of a dependency, as deb-control(5) writes it: `NAME[:ARCHITECTURE] [(OPERATOR VERSION)]`.
struct DebianRelation {
    var name: String
    var comparison: SampleRelation.Comparison?
    var version: DebianVersion?

    private init?(_ text: some StringProtocol) {
        // Architectures and build profiles of source packages come after the version, and are in no binary package.
        let parts = text.split(separator: "(", maxSplits: 1)
        guard let first = parts.first?.split(whereSeparator: \.isWhitespace).first else { return nil }
        name = String(first.prefix { $0 != ":" })
        guard parts.count == 2 else { return }
        let words = parts[1].prefix { $0 != ")" }
        let sign = words.prefix { "<=>".contains($0) }
        version = DebianVersion(String(words.dropFirst(sign.count).filter { !$0.isWhitespace }))
        comparison =
            switch sign {
            case "<<": .less
            case "<=": .lessOrEqual
            case "=": .equal
            case ">=": .greaterOrEqual
            default: .greater
            }
    }

    /// The alternatives of each dependency in a field.
    static func list(_ field: String?) -> [[DebianRelation]] {
        (field ?? "").split(separator: ",").map { $0.split(separator: "|").compactMap { DebianRelation($0) } }
            .filter { !$0.isEmpty }
    }
}

/// A version of Debian in its parts (deb-version(7)).
struct DebianVersion {
    var epoch: Int?
    var version: String
    /// That of a version without revision is 0, which compares in the same way.
    var release = "0"

    init(_ text: some StringProtocol) {
        var rest = String(text)
        if let colon = rest.firstIndex(of: ":") {
            epoch = Int(rest[..<colon])
            rest = String(rest[rest.index(after: colon)...])
        }
        if let dash = rest.lastIndex(of: "-") {
            release = String(rest[rest.index(after: dash)...])
            rest = String(rest[..<dash])
        }
        // Other formats have the hyphen between version and release only.
        version = String(rest.map { $0 == "-" ? "." : $0 })
    }

    /// The same for a package manager that has other rules.
    func adapted(to target: ConvertedPackages.Target) -> DebianVersion {
        guard target == .apk else { return self }
        // apk: numbers with dots, and a number behind `-r`.
        var copy = self
        copy.epoch = nil
        let digits = version.prefix { $0.isNumber || $0 == "." }.split(separator: ".").joined(separator: ".")
        copy.version = digits.isEmpty ? "0" : digits
        let number = release.prefix { $0.isNumber }
        copy.release = number.isEmpty ? "0" : String(number)
        return copy
    }

    /// As relations have it.
    var text: String { (epoch.map { "\($0):" } ?? "") + "\(version)-\(release)" }

    /// True if pacman, which knows no tilde, could order it otherwise.
    var hasTilde: Bool { version.contains("~") || release.contains("~") }
}

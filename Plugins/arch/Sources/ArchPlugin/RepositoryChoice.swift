import ByteKeys
import DistributionKit
import JSON
import PluginWire

/// The repositories that a build uses, and their addresses.
struct RepositoryChoice {
    private let context: ABI.V1.Context
    /// The repositories that are always used, where the manifest of another distribution names them.
    private let named: [String]?

    init(_ context: ABI.V1.Context, named: [String]? = nil) {
        self.context = context
        self.named = named
    }

    /// The distribution that the plugin itself describes; others say in their manifest where they have their packages.
    static let ownName = "arch"

    private static let early: Set = [
        "core-staging", "extra-staging", "multilib-staging", "core-testing", "core-testing-debug", "extra-testing",
        "extra-testing-debug", "multilib-testing", "multilib-testing-debug", "gnome-unstable", "kde-unstable",
    ]

    /// The sections of the configuration.
    func sections() throws(ErrorObject) -> [PacmanConfiguration.Section] {
        let asked = context.repositories ?? []
        for name in asked + base where !Self.isName(name) {
            throw ErrorObject(
                code: .invalidParameters,
                message: "\"\(name)\" cannot be the name of a repository",
                hint: "Check Repositories=",
                subject: "Repositories="
            )
        }
        if let local = context.settings?["LocalMirror"]?.string, !local.isEmpty {
            return [section(base[0], server: local)]
        }
        let server = try server()
        let names = Self.unique(asked.filter(Self.early.contains) + base + asked.filter { !Self.early.contains($0) })
        return names.map { section($0, server: server) }
    }

    /// Repositories that are always used.
    private var base: [String] {
        if let named, !named.isEmpty { return named }
        return isArm && context.distribution == Self.ownName ? ["core", "extra", "alarm"] : ["core", "extra"]
    }

    private var isArm: Bool { context.localArchitecture == "aarch64" || context.localArchitecture.hasPrefix("arm") }

    private func server() throws(ErrorObject) -> String {
        guard let mirror = context.mirror ?? context.defaultMirror else {
            throw ErrorObject(
                code: .unsupported,
                message: "this plugin does not know where \(context.distribution) has its packages",
                hint: "Add the member \"mirrors\" to the distribution's plugin.json, or set Mirror=",
                subject: context.distribution
            )
        }
        var base = FileURL.withoutSlash(mirror)
        // A mirror may say itself where its repositories are, as in pacman.conf(5).
        if base.utf8.contains(UInt8(ascii: "$")) { return base }
        if isArm, context.distribution == Self.ownName {
            if context.snapshot?.isEmpty == false { throw Self.noSnapshots(context) }
            return "\(base)/$arch/$repo"
        }
        if let snapshot = context.snapshot, !snapshot.isEmpty {
            guard let date = Self.date(snapshot) else {
                throw ErrorObject(
                    code: .invalidParameters,
                    message: "\(snapshot) is not the name of a snapshot of \(context.distribution)",
                    hint: "Set Snapshot= to a date of the form YYYY/MM/DD, such as 2026/01/31",
                    subject: "Snapshot="
                )
            }
            base += "/repos/\(date)"
        }
        return "\(base)/$repo/os/$arch"
    }

    static func noSnapshots(_ context: ABI.V1.Context) -> ErrorObject {
        ErrorObject(
            code: .unsupported,
            message: "\(context.distribution) has no snapshots for \(context.localArchitecture)",
            hint: "Remove Snapshot=",
            subject: "Snapshot="
        )
    }

    private func section(_ name: String, server: String) -> PacmanConfiguration.Section {
        PacmanConfiguration.Section(
            name: name,
            entries: [PacmanConfiguration.Entry(key: "Server", value: FileURL.withoutSlash(Self.url(server)))]
        )
    }

    /// pacman wants a URL where a user may have written a path.
    private static func url(_ place: String) -> String { place.hasPrefix("/") ? "file://\(place)" : place }

    /// The snapshot as `YYYY/MM/DD`, written with slashes, dashes or nothing between its parts; nil for other text.
    static func date(_ text: String) -> String? {
        let digits = text.utf8.filter { $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "-") }
        let separators = text.utf8.count - digits.count
        let isDigit: (UInt8) -> Bool = { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        guard digits.count == 8, separators == 0 || separators == 2, digits.allSatisfy(isDigit) else { return nil }
        let all = String(decoding: digits, as: UTF8.self)
        let date = [all.prefix(4), all.dropFirst(4).prefix(2), all.suffix(2)]
        if separators == 2 {
            let separator: Character = text.contains("/") ? "/" : "-"
            guard date.joined(separator: String(separator)) == text else { return nil }
        }
        return date.joined(separator: "/")
    }

    /// Returns true if a text can be the name of a section and of a file.
    private static func isName(_ text: String) -> Bool {
        let isAllowed: (UInt8) -> Bool = { byte in
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || "-_.+@".utf8.contains(byte)
        }
        return !text.isEmpty && text.utf8.allSatisfy(isAllowed) && !text.hasPrefix(".") && text != "local"
            && text != "options"
    }

    private static func unique(_ names: [String]) -> [String] {
        var seen: Set<String> = []
        return names.filter { seen.insert($0).inserted }
    }
}

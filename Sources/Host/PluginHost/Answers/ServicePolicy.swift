import PluginWire
import Support
import System

/// The host's services that a plugin may use while it works on a request.
public struct ServicePolicy: Sendable, Equatable {
    /// The reason why the network is off, as a sentence without a final full stop; nil: it may be used.
    public var networkRefusal: String?
    /// Directories that downloads may go to.
    public var writable: [String]
    /// Names of settings that may be read: those that the description of what the plugin does declares.
    public var settings: Set<String>

    public init(networkRefusal: String?, writable: [String], settings: Set<String> = []) {
        self.networkRefusal = networkRefusal
        self.writable = writable
        self.settings = settings
    }

    /// Settings that a distribution may always read; they are in `context.settings` as well.
    public static let settingsOfDistributions = ["CacheOnly", "LocalMirror"]

    /// Throws for a setting that the plugin's description does not declare: a step is not made again when it changes.
    func check(setting name: String) throws(ErrorObject) {
        if settings.contains(name) { return }
        throw ErrorObject(
            code: .invalidParameters,
            message: "the plugin asked for the setting \(Excerpt.text(name)), which its description does not declare",
            hint: "Add \"\(Excerpt.text(name))\" to the member \"settings\" of what the plugin provides in plugin.json",
            subject: name
        )
    }

    /// Purposes of signatures, with the setting of the key: a description that declares it may have such signatures.
    public static let signatures = [
        "secure-boot": "SecureBootKey", "verity": "VerityKey", "expected-pcr": "SignExpectedPcrKey",
    ]

    private static let signatureKinds: Set = ["authenticode", "pkcs7", "signed-data", "raw", "certificate"]

    /// Throws for a signature that the plugin's description does not declare, and for one of an unknown kind.
    func check(_ sign: ABI.V1.Sign) throws(ErrorObject) {
        guard let setting = Self.signatures[sign.purpose], Self.signatureKinds.contains(sign.kind) else {
            throw ErrorObject(
                code: .invalidParameters,
                message: "the plugin requested a signature of the kind \(Excerpt.text(sign.kind)) for "
                    + "\(Excerpt.text(sign.purpose)), which is not known"
            )
        }
        let isDigest = sign.digest.map { $0.utf8.count == 64 && $0.allSatisfy(\.isHexDigit) }
        guard isDigest ?? (sign.kind == "certificate") else {
            throw ErrorObject(
                code: .invalidParameters,
                message: "the plugin requested a signature of something that is no SHA-256 digest"
            )
        }
        try check(setting: setting)
    }

    /// Returns true if a request may use the network at all, whatever is configured.
    public static func allowsNetwork(_ method: String) -> Bool {
        method == ABI.V1.Resolve.method || method == ABI.V1.LatestSnapshot.method
    }

    /// Returns the reason why a request that never may use the network may not.
    public static func refusal(of method: String) -> String { "\(method) has to work without the network" }

    /// Throws for a command that no step may run.
    func check(_ run: ABI.V1.Run) throws(ErrorObject) {
        try run.check()
        if run.network == "host", let networkRefusal {
            throw ErrorObject(
                code: .invalidParameters,
                message: "the plugin requested the network for \(run.arguments.first ?? ""): \(networkRefusal)",
                subject: run.arguments.first
            )
        }
    }

    /// Throws for a download that no step may make.
    func check(_ fetch: ABI.V1.Fetch) throws(ErrorObject) {
        try fetch.check()
        let place = Paths.absolute(fetch.path, from: "/")
        // What a command of the plugin has left must not lead out of them.
        var existing = Paths.parent(place) ?? "/"
        while Files.kind(of: existing) == nil, let parent = Paths.parent(existing) { existing = parent }
        let real = Paths.resolved(existing) ?? existing
        func isBelow(_ path: String, _ directory: String) -> Bool {
            directory == "/" || "\(path)/".utf8.starts(with: "\(directory)/".utf8)
        }
        let isAllowed = writable.contains { directory in
            isBelow(Paths.parent(place) ?? "/", Paths.absolute(directory, from: "/"))
                && isBelow(real, Paths.resolved(directory) ?? directory)
        }
        guard isAllowed else {
            throw ErrorObject(
                code: .invalidParameters,
                message: "the plugin requested a download to \(fetch.path), outside the workspace and the cache"
            )
        }
        if let networkRefusal {
            throw ErrorObject(
                code: .invalidParameters,
                message: "the plugin requested the download of \(fetch.urls[0]): \(networkRefusal)",
                subject: fetch.urls[0]
            )
        }
    }
}

/// The location of a private key or a certificate, as `SecureBootKey=` and `SecureBootKeySource=` give it.
public struct KeyReference: Codable, Sendable, Equatable {
    /// A path, or what the provider or the engine understands: a URI of PKCS #11 (RFC 7512).
    public var location: String
    public var source: Source
    /// The name of the provider or engine, such as `pkcs11`.
    public var module: String?
    /// True for a file whose path has no links: one that is on the way now has been put there, and is not followed.
    public var isWithoutLinks: Bool?

    /// The kind of provider that understands the location.
    public enum Source: String, Codable, Sendable {
        case file, provider, engine
    }

    public init(_ location: String, source: Source = .file, module: String? = nil) {
        self.location = location
        self.source = source
        self.module = module
    }

    /// A Boolean value indicating whether OpenSSL takes the module for a name, and not for the path of a library.
    public var hasModuleName: Bool {
        guard let module, !module.isEmpty else { return false }
        return module.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
                true
            default: false
            }
        }
    }

    /// The location as messages show it: a URI without its query, in which there may be a PIN.
    public var name: String { String(Substring(location.utf8.prefix { $0 != UInt8(ascii: "?") })) }
}

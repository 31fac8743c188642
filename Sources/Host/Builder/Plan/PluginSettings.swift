import ByteKeys
import Configuration
import JSON
import PluginWire
import SigningClient
import SigningWire
import Support

/// The values of the settings that a description declares, for the requests to its plugin.
///
/// Keys of steps contain all of them; no other setting can be read through this value.
struct PluginSettings: Sendable {
    let names: Set<String>
    private let image: ImageConfiguration

    init(_ names: [String]?, of image: ImageConfiguration) {
        self.names = Set(names ?? [])
        self.image = image
    }

    /// All values, by name; names that are no setting are left out.
    ///
    /// Of a private key a plugin sees no more than that there is one: where it is may be told with its PIN.
    var values: ByteDictionary<JSON> {
        var values = image.json(of: names.sorted())
        for name in Self.keys where values[name] != nil { values[name] = json(name) }
        return values
    }

    /// The value of one setting; null where it is not declared.
    func json(_ name: String) -> JSON {
        guard names.contains(name) else { return .null }
        let value = image.value(named: name)
        return Self.keys.contains(name) ? .bool(!value.isUnset) : value.json
    }

    private static let keys = Set(SigningPurpose.allCases.map(\.keySetting))

    /// What `mkosi-sign` is to do for a plugin.
    func signing(_ sign: ABI.V1.Sign) throws(Failure) -> SigningRequest {
        guard let purpose = SigningPurpose(rawValue: sign.purpose), let kind = SigningRequest.Kind(rawValue: sign.kind)
        else { throw Failure(.plugin, "A plugin requested an unknown signature") }
        return try SigningKeys.request(kind, purpose, of: image, digest: sign.digest)
    }
}

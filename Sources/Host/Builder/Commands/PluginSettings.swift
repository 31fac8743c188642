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
    private let pins: PinnedPaths

    /// - Parameters:
    ///   - names: The settings that the plugin declares.
    ///   - image: What has their values.
    ///   - pins: Where paths led before scripts ran: plugins open them outside of the sandbox.
    init(_ names: [String]?, of image: ImageConfiguration, _ pins: PinnedPaths) {
        self.names = Set(names ?? [])
        self.image = image
        self.pins = pins
    }

    /// All values, by name; names that are no setting are left out.
    ///
    /// Of a private key a plugin sees no more than that there is one: where it is may be told with its PIN.
    /// - Throws: a failure if a script has put a link in the place of what a path led to.
    var values: ByteDictionary<JSON> {
        get throws(Failure) {
            var values = image.json(of: names.sorted())
            for name in Array(values.keys) { values[name] = try member(name) }
            return values
        }
    }

    /// The value of one setting; null where it is not declared.
    func json(_ name: String) throws(Failure) -> JSON { try names.contains(name) ? member(name) : .null }

    private func member(_ name: String) throws(Failure) -> JSON {
        let value = image.value(named: name)
        if Self.keys.contains(name) {
            // Early: what is made of a tree takes long.
            _ = try pins.given(value)
            return .bool(!value.isUnset)
        }
        let isPath = image.registry.setting(named: name)?.kind.isPathOfHost == true
        return try isPath ? pins.given(value).json : value.json
    }

    private static let keys = Set(SigningPurpose.allCases.map(\.keySetting))

    /// Returns the task of `mkosi-sign` for a plugin.
    func signing(_ sign: ABI.V1.Sign) throws(Failure) -> SigningRequest {
        guard let purpose = SigningPurpose(rawValue: sign.purpose), let kind = SigningRequest.Kind(rawValue: sign.kind)
        else { throw Failure(.plugin, "A plugin requested an unknown signature") }
        let request = try SigningKeys.request(kind, purpose, of: image, digest: sign.digest)
        return try pins.given(request, from: image.directory)
    }
}

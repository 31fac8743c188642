import ByteKeys
import Configuration
import JSON
import PluginWire

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
    var values: ByteDictionary<JSON> { image.json(of: names.sorted()) }

    /// The value of one setting; null where it is not declared.
    func json(_ name: String) -> JSON { names.contains(name) ? image.value(named: name).json : .null }
}

import PluginKit
import PluginWire

/// The compression of a layer, of those that the image specification has a media type for.
public enum LayerCompression: String, Codable, Sendable {
    case none
    case gz
    case zstd

    init(_ word: String) throws(ErrorObject) {
        guard let compression = Self(rawValue: word) else {
            throw ErrorObject(
                code: .unsupported,
                message: "layers of an OCI image cannot be compressed with \(word)",
                hint: "Set CompressOutput= to gz, zstd or no"
            )
        }
        self = compression
    }

    /// The type of a layer's blob (layer.md of the image specification).
    var mediaType: String {
        switch self {
        case .none: "application/vnd.oci.image.layer.v1.tar"
        case .gz: "application/vnd.oci.image.layer.v1.tar+gzip"
        case .zstd: "application/vnd.oci.image.layer.v1.tar+zstd"
        }
    }
}

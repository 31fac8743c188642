import ByteKeys
import JSON

/// The JSON documents of an image (config.md, manifest.md and image-index.md of the image specification).
struct ImageDocuments {
    let description: ImageDescription
    let layers: [Layer]

    /// A blob that another document names.
    struct Blob {
        var digest: String
        var size: Int

        func descriptor(_ mediaType: String) -> ByteDictionary<JSON> {
            ["mediaType": .string(mediaType), "digest": .string("sha256:\(digest)"), "size": .integer(size)]
        }
    }

    struct Layer {
        var blob: Blob
        var mediaType: String
        /// The SHA-256 of the archive before it was compressed.
        var content: String
    }

    var configuration: JSON {
        var document: ByteDictionary<JSON> = [
            "architecture": .string(description.architecture.name),
            "os": "linux",
            "rootfs": [
                "type": "layers",
                "diff_ids": .array(layers.map { .string("sha256:\($0.content)") }),
            ],
        ]
        if let variant = description.architecture.variant { document["variant"] = .string(variant) }
        var run: ByteDictionary<JSON> = ["Cmd": ["/sbin/init"]]
        if !description.labels.isEmpty { run["Labels"] = Self.object(description.labels) }
        document["config"] = .object(run)
        var history: ByteDictionary<JSON> = ["comment": "Created by mkosi"]
        if let epoch = description.epoch {
            let time = JSON.string(Timestamp.text(epoch))
            document["created"] = time
            history["created"] = time
        }
        document["history"] = .array(layers.map { _ in .object(history) })
        return .object(document)
    }

    func manifest(_ configuration: Blob) -> JSON {
        var document: ByteDictionary<JSON> = [
            "schemaVersion": 2,
            "mediaType": .string(Self.manifestType),
            "config": .object(configuration.descriptor("application/vnd.oci.image.config.v1+json")),
            "layers": .array(layers.map { .object($0.blob.descriptor($0.mediaType)) }),
        ]
        if !description.annotations.isEmpty { document["annotations"] = Self.object(description.annotations) }
        return .object(document)
    }

    func index(_ manifest: Blob) -> JSON {
        var descriptor = manifest.descriptor(Self.manifestType)
        if let reference = description.reference {
            descriptor["annotations"] = ["org.opencontainers.image.ref.name": .string(reference)]
        }
        return [
            "schemaVersion": 2,
            "mediaType": "application/vnd.oci.image.index.v1+json",
            "manifests": [.object(descriptor)],
        ]
    }

    /// The file that marks a directory as an image layout (image-layout.md).
    static let layout: JSON = ["imageLayoutVersion": "1.0.0"]

    private static let manifestType = "application/vnd.oci.image.manifest.v1+json"

    private static func object(_ pairs: [ImageDescription.Pair]) -> JSON {
        .object(ByteDictionary(pairs.map { ($0.key, .string($0.value)) }, uniquingKeysWith: { $1 }))
    }
}

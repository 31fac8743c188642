import ByteKeys
import JSON
import PluginWire

/// The description of an image besides its layers.
public struct ImageDescription: Codable, Sendable, Equatable {
    public var architecture: ImageArchitecture
    /// Seconds since the epoch; absent if it is not set, so that two builds are equal.
    public var epoch: Int?
    public var labels: [Pair]
    public var annotations: [Pair]
    /// The name of the image in the index.
    public var reference: String?

    public struct Pair: Codable, Sendable, Equatable {
        public var key: String
        public var value: String
    }

    /// The user's own annotations replace those that are set without them.
    init(_ request: ABI.V1.Assemble, architecture: ImageArchitecture, version: String) {
        self.architecture = architecture
        epoch = request.sourceDateEpoch
        let settings = request.settings ?? [:]
        labels = Self.pairs(settings["OciLabels"]?.object ?? [:])
        var annotations: ByteDictionary<JSON> = ["io.systemd.mkosi.version": .string(version)]
        if let version = settings["ImageVersion"]?.string, !version.isEmpty {
            annotations["org.opencontainers.image.version"] = .string(version)
        }
        for (key, value) in settings["OciAnnotations"]?.object ?? [:] { annotations[key] = value }
        self.annotations = Self.pairs(annotations)
        reference = settings["ImageId"]?.string.flatMap { $0.isEmpty ? nil : $0 }
    }

    private static func pairs(_ values: ByteDictionary<JSON>) -> [Pair] {
        values.map { Pair(key: $0.key, value: $0.value.string ?? "") }.sorted {
            $0.key.utf8.lexicographicallyPrecedes($1.key.utf8)
        }
    }
}

import Configuration
import PluginWire

/// The settings that the host reads to make outputs; a format and other plugins declare theirs in their manifests.
struct OutputSettings: StepSettings {
    let format = Input(.format)
    let output = Input(.output)
    let outputExtension = Input(.outputExtension)
    let outputMode = Input(.outputMode)
    let compressOutput = Input(.compressOutput)
    let compressLevel = Input(.compressLevel)
    let splitArtifacts = Input(.splitArtifacts)
    let checksum = Input(.checksum)
    let manifestFormat = Input(.manifestFormat)
    let overlay = Input(.overlay)
    let imageID = Input(.imageID)
    let imageVersion = Input(.imageVersion)
    let distribution = Input(.distribution)
    let release = Input(.release)
    let architecture = Input(.architecture)
    let seed = Input(.seed)
    let sourceDateEpoch = Input(.sourceDateEpoch)
    let bootable = Input(.bootable)
    let nspawnSettings = Input(contentOf: .nspawnSettings)
    // The key has the directory that it leads to.
    let outputDirectory = Input(effectOf: .outputDirectory)
    let fetch = FetchSettings()
}

/// An image as its outputs see it: the settings that are declared for them, and no others.
@dynamicMemberLookup
struct OutputImage: Sendable {
    let settings: SettingsView<OutputSettings>
    private let image: ImageConfiguration

    init(_ image: ImageConfiguration) {
        self.image = image
        settings = SettingsView(OutputSettings(), of: image)
    }

    subscript<Content>(dynamicMember path: KeyPath<OutputSettings, Input<Content>>) -> Content {
        settings[dynamicMember: path]
    }

    /// The directory of the outputs.
    var directory: String { image.outputDirectory }
    /// The name of the main output, with extension and the suffix of its compression.
    var fileName: String { image.outputFileName }
    var compressionSuffix: String { image.compressionSuffix }
    var checksumFileName: String { image.checksumFileName }
    /// The image's architecture by the distribution's name for it.
    var localArchitecture: String? { image.localArchitecture }
    var packageFormat: String? { image.distribution?.packageFormat }

    /// The values that a plugin gets: of the settings that its description declares.
    func values(of names: [String]?, _ pins: PinnedPaths) -> PluginSettings {
        PluginSettings(names, of: image, pins)
    }
}

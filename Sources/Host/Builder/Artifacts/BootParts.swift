import Artifacts
import Configuration
import PluginHost
import PluginWire
import Support

/// The needs of an image's outputs besides its tree, by the descriptions of the format and of the boot loaders.
struct BootParts: Sendable {
    /// A boot loader, and the firmware whose setting names it.
    struct Loader: Sendable {
        var bootloader: PluginCatalogue.Bootloader
        var firmware: String
    }

    let format: PluginCatalogue.Format
    /// Formats whose outputs are made before, each after those that it is made from itself.
    let sources: [PluginCatalogue.Format]
    /// The boot loaders that are installed if the image is bootable.
    let loaders: [Loader]
    /// The kinds of firmware whose boot loaders the image can have.
    let firmware: [String]
    /// True if they are installed only if the tree has a kernel; if not, an image without one is an error.
    let isOptional: Bool
    /// Formats whose outputs are parts of the image that `SplitArtifacts=` names.
    let splitFormats: [PluginCatalogue.Format]
    /// Kinds of artifacts that `SplitArtifacts=` names.
    let splitKinds: [String]
    /// True if the project names them.
    private let wantsSplits: Bool
    private let makers: [String: PluginCatalogue.Artifact]
    private let known: [String]

    /// The settings that name boot loaders, by the firmware that starts these.
    static let settings = ["uefi": settingName(.bootloader), "bios": settingName(.biosBootloader)]

    init(of image: ImageConfiguration, _ format: PluginCatalogue.Format, _ catalogue: PluginCatalogue) throws(Failure) {
        self.format = format
        var search = SourceSearch(catalogue: catalogue)
        try search.visit(format)
        sources = search.found.filter { $0.description.name != format.description.name }
        let kernel = format.description.kernel ?? "auto"
        let isRequired = image[.bootable] == .enabled || kernel == "always"
        isOptional = !isRequired
        // A bootable tree has a boot loader in whatever form it is put out.
        let hasTree = format.description.needsTree != false && kernel != "always"
        firmware = format.description.firmware ?? (image[.bootable] == .enabled && hasTree ? ["uefi"] : [])
        var loaders: [Loader] = []
        if image[.bootable] != .disabled, isRequired || kernel == "auto" {
            for firmware in self.firmware {
                guard let setting = Self.settings[firmware], let name = image.value(named: setting).text, name != "none"
                else { continue }
                let bootloader = try catalogue.bootloader(named: name)
                guard bootloader.description.firmware.contains(firmware) else {
                    throw Failure(
                        .configuration,
                        "\(setting)=\(name): the boot loader \(name) cannot be started by this kind of firmware",
                        hint: "It is for \(bootloader.description.firmware.joined(separator: " and "))"
                    )
                }
                loaders.append(Loader(bootloader: bootloader, firmware: firmware))
            }
        }
        self.loaders = loaders
        let formatSplits = format.description.splits ?? []
        let words = image[.splitArtifacts].filter { !formatSplits.contains($0) }
        splitKinds = words.filter { kind in
            kind == ArtifactClosure.kernelKind || catalogue.artifact(kind)?.description.suffix != nil
        }
        let kinds = splitKinds
        let names = words.filter { word in
            !kinds.contains(word) && word != format.description.name && catalogue.formatNames.contains(word)
        }
        var splitFormats: [PluginCatalogue.Format] = []
        for name in names { splitFormats.append(try catalogue.format(named: name)) }
        self.splitFormats = splitFormats
        wantsSplits = !image.assignments(to: settingName(.splitArtifacts)).isEmpty
        // What a chosen boot loader makes itself is meant for it.
        let own = loaders.flatMap { catalogue.artifacts(of: $0.bootloader.plugin) }
        let all = own + catalogue.artifactKinds.compactMap { catalogue.artifact($0) }
        makers = Dictionary(all.map { ($0.description.kind, $0) }) { first, _ in first }
        known = catalogue.artifactKinds
    }

    /// The formats that make outputs, the image's own one last.
    var formats: [PluginCatalogue.Format] { sources + splitFormats + [format] }

    /// The directories that every boot loader may write to.
    static let directories = ["/efi", "/boot"]

    /// The paths of the tree that boot loaders write to, if any are installed.
    var unfinished: [String] {
        if loaders.isEmpty { return [] }
        return Self.directories + loaders.flatMap { $0.bootloader.description.writes ?? [] }
    }

    /// Returns true if a boot loader gets the files of a kind.
    func loadersNeed(_ kind: String) -> Bool {
        loaders.contains { loader in
            let description = loader.bootloader.description
            return ((description.artifacts ?? []) + (description.optionalArtifacts ?? [])).contains(kind)
        }
    }

    func maker(of kind: String) -> PluginCatalogue.Artifact? { makers[kind] }

    /// All kinds that have to be made, with or without those of the boot loaders.
    func closure(withLoaders: Bool = true) throws(Failure) -> ArtifactClosure {
        var requests: [ArtifactRequest] = []
        for loader in withLoaders ? loaders : [] {
            let description = loader.bootloader.description
            requests.append(
                ArtifactRequest(
                    title: "the boot loader \(description.name)",
                    needs: description.artifacts,
                    optional: description.optionalArtifacts
                )
            )
        }
        requests += formats.map { format in
            ArtifactRequest(
                title: "the format \(format.description.name)",
                needs: (format.description.artifacts ?? [])
                    + (withLoaders && !loaders.isEmpty ? format.description.bootArtifacts ?? [] : []),
                optional: format.description.optionalArtifacts
            )
        }
        if withLoaders, !loaders.isEmpty, wantsSplits {
            requests.append(ArtifactRequest(title: settingName(.splitArtifacts), needs: [], optional: splitKinds))
        }
        let makers = makers
        return try ArtifactClosure(of: requests, known: known) { makers[$0]?.description }
    }

    /// Returns true if the kernels of the tree matter.
    func dependsOnKernels(_ closure: ArtifactClosure) -> Bool { !loaders.isEmpty || closure.dependsOnKernels }

    /// The plugins of all parts but the format and the distribution, with what each is for and the programs that it runs.
    func plugins() throws(Failure) -> [(plugin: InstalledPlugin, subject: String, tools: [ABI.V1.Tool])] {
        var plugins = (sources + splitFormats).map {
            ($0.plugin, "the format \($0.description.name)", $0.description.tools ?? [])
        }
        plugins += loaders.map { loader in
            let bootloader = loader.bootloader
            return (
                bootloader.plugin, "the boot loader \(bootloader.description.name)", bootloader.description.tools ?? []
            )
        }
        plugins += try closure().kinds.compactMap { kind in
            makers[kind.kind].map { ($0.plugin, "the artifact \(kind.kind)", kind.tools ?? []) }
        }
        return plugins
    }

    /// The settings that some part declares.
    ///
    /// The host itself carries out `Bootable=` for an image with boot loaders, and the outputs of some formats boot in any
    /// case.
    func declaredSettings() throws(Failure) -> Set<String> {
        var lists = formats.map(\.description.settings) + loaders.map(\.bootloader.description.settings)
        lists += try closure().kinds.map(\.settings)
        var names = Set(lists.flatMap { $0 ?? [] })
        if !firmware.isEmpty || format.description.kernel == "always" { names.insert(Setting<Feature>.bootable.name) }
        return names
    }

    /// Depth first: a format is found once all that it is made from has been found.
    private struct SourceSearch {
        let catalogue: PluginCatalogue
        var found: [PluginCatalogue.Format] = []
        var path: [String] = []

        mutating func visit(_ format: PluginCatalogue.Format) throws(Failure) {
            let name = format.description.name
            if path.contains(name) {
                throw Failure(
                    .configuration,
                    "Formats are made from each other: \((path + [name]).joined(separator: " → "))",
                    hint: "The member \"from\" of their plugin.json says so; see mkosi plugin info"
                )
            }
            if found.contains(where: { $0.description.name == name }) { return }
            path.append(name)
            for source in format.description.from ?? [] { try visit(catalogue.format(named: source)) }
            path.removeLast()
            found.append(format)
        }
    }
}

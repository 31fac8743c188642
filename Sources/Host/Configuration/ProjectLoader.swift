import ByteKeys
import PluginWire
import Support
import System

/// Reads all images of a project: the main image, the subimages that it needs, the default initrd and tools tree.
struct ProjectLoader {
    let registry: Registry
    let catalogue: PluginFacts
    /// With the directory in which mkosi was started as the current one.
    let host: HostFacts
    /// The directory of the main image's configuration; nil reads no files of a project.
    let project: String?
    /// The request of the command line for files of older generations.
    var legacy = LegacyRequest()
    private let cache = FileCache()
    private var profiles = ProfileCheck()
    private var loaded: LoadedConfiguration

    init(registry: Registry, catalogue: PluginFacts, host: HostFacts, project: String?) {
        self.registry = registry
        self.catalogue = catalogue
        self.host = host
        self.project = project
        loaded = LoadedConfiguration(images: [], warnings: [], files: [])
    }

    mutating func load(options: [ConfigurationRequest.OptionValue]) throws(Failure) -> LoadedConfiguration {
        var main = try loadMain(options)
        var images = try loadSubimages(of: main)
        let subimages = images.count
        // The main image needs all images when it does not say which.
        if main.assignments(to: .dependencies).isEmpty { images.map(\.name).forEach { main.addDependency($0) } }
        for index in images.indices where images[index].wantsDefaultInitrd {
            images[index].addDependency(ImageConfiguration.initrdName)
        }
        if main.wantsDefaultInitrd { main.addDependency(ImageConfiguration.initrdName) }
        if (images + [main]).contains(where: \.wantsDefaultInitrd) {
            if let taken = images.first(where: { $0.name == ImageConfiguration.initrdName }) {
                throw Failure(
                    .configuration,
                    "The image \"\(taken.name)\" in mkosi.images has the name of the default initrd",
                    hint: "Rename it, or use its output in Initrds= instead of default"
                )
            }
            images.append(try loadInitrd(for: main))
        }
        let named = DependencyOutputs(images)
        for index in images.indices {
            for name in named.named(by: images[index]) { images[index].addDependency(name) }
        }
        if images.count > 1 || subimages > 0 { images = try Self.sorted(images) }
        let outputs = DependencyOutputs(images)
        main = outputs.resolve(main, dependencies: images.map(\.name))
        images = images.map { outputs.resolve($0, dependencies: $0[.dependencies]) } + [main]
        if main.wantsDefaultTools { loaded.tools = try loadTools(for: main) }
        let initrd = images.first { $0.name == ImageConfiguration.initrdName }
        for index in images.indices { images[index].settle(initrd: initrd, tools: loaded.tools) }
        loaded.images = images
        loaded.warnings += try profiles.warnings(loaded.files, project: project, cache)
        var seen: Set<Warning> = []
        loaded.warnings = loaded.warnings.filter { seen.insert($0).inserted }
        return loaded
    }

    private mutating func loadMain(
        _ options: [ConfigurationRequest.OptionValue]
    ) throws(Failure) -> ImageConfiguration {
        var loader = loader(ImageConfiguration.mainName, .main, PassedValues())
        try loader.read(options: options, directory: host.currentDirectory)
        if let project {
            let place = Loader.Place(directory: project, hasLocal: true, hasProfiles: true)
            loader.legacy = legacy
            if try !loader.readLegacy(place) { try loader.readDirectory(place) }
        }
        let image = try finish(loader)
        try image.checkMinimumVersion()
        try image.checkEncryption()
        return image
    }

    private func loader(_ name: String, _ role: ImageRole, _ passed: PassedValues) -> Loader {
        let resolver = Resolver(
            registry: registry,
            catalogue: catalogue,
            host: host,
            imageName: name,
            passed: passed
        )
        return Loader(resolver: resolver, startDirectory: host.currentDirectory, role: role, cache: cache)
    }

    /// Settles every value of an image whose files have been read.
    private mutating func finish(_ loader: Loader) throws(Failure) -> ImageConfiguration {
        var loader = loader
        try loader.readEnvironmentFiles()
        // All others have the time of the main image.
        if loader.role == .main { try loader.resolver.checkEpoch() }
        loaded.warnings += loader.warnings
        loaded.files += loader.files
        loaded.skipped += loader.skipped
        let skipped = ByteSet(loader.skipped.map(\.path))
        let files = loader.files.map(\.path).filter { !skipped.contains($0) }
        let image = ImageConfiguration(
            loader.resolver,
            directory: host.currentDirectory,
            // The tree of tools belongs to the project, wherever the outputs of its images go.
            outputDirectory: loader.role == .tools ? project : nil,
            files: files
        )
        try image.checkNames()
        profiles.add(image, known: loader.profileNames)
        return image
    }

    // MARK: Subimages

    /// The images that the main image asks for, and those that they need; all of them when it does not say which.
    private mutating func loadSubimages(of main: ImageConfiguration) throws(Failure) -> [ImageConfiguration] {
        let directory = try SubimageDirectory(project: project, cache: cache)
        loaded.warnings += directory.warnings
        let passed = PassedValues.toSubimages(from: main)
        let chosen = try directory.dependencies(of: main)
        var wanted = main.assignments(to: .dependencies).isEmpty ? directory.names : chosen
        var needed = ByteSet(chosen)
        var images: ByteDictionary<ImageConfiguration> = [:]
        var skipped: ByteSet = []
        var next = 0
        while next < wanted.count {
            let name = wanted[next]
            next += 1
            guard images[name] == nil, !skipped.contains(name), let path = directory.path(of: name) else { continue }
            var loader = loader(name, .subimage, passed)
            loader.pass(main.passedEnvironment)
            let place = Loader.Place(directory: directory.project)
            let inner = Loader.Place(directory: path, hasLocal: true, hasProfiles: true)
            let applies = try Files.isDirectory(path) ? loader.readDirectory(inner) : loader.readFile(path, place)
            var image = try finish(loader)
            guard applies else {
                skipped.insert(name)
                continue
            }
            for other in directory.implied(for: image) where !skipped.contains(other) { image.addDependency(other) }
            images[name] = image
            let dependencies = try directory.dependencies(of: image)
            needed.formUnion(dependencies)
            wanted += dependencies
        }
        if let name = skipped.intersection(needed).min() { throw directory.doesNotCount(name, main, images) }
        return directory.names.compactMap { images[$0] }
    }

    /// The images in the order of building.
    private static func sorted(_ images: [ImageConfiguration]) throws(Failure) -> [ImageConfiguration] {
        var byName: ByteDictionary<ImageConfiguration> = [:]
        for image in images { byName[image.name] = image }
        switch ImageOrder.order(images.map { ($0.name, $0[.dependencies]) }) {
        case .order(let names): return names.compactMap { byName[$0] }
        case .circle(let names):
            let origin = byName[names[0]].map { "\($0.origin(of: .dependencies)): " } ?? ""
            throw Failure(
                .configuration,
                "\(origin)the images have circular dependencies: "
                    + (names + [names[0]]).joined(separator: " → "),
                hint: "Remove one of these from Dependencies="
            )
        }
    }

    // MARK: Default initrd and tools tree

    private mutating func loadInitrd(for main: ImageConfiguration) throws(Failure) -> ImageConfiguration {
        let passed = PassedValues.toInitrd(from: main)
        let loader = loader(ImageConfiguration.initrdName, .initrd, passed)
        return try load(loader, main, own: "mkosi.initrd.conf", builtIn: "mkosi-initrd")
    }

    private mutating func loadTools(for main: ImageConfiguration) throws(Failure) -> ImageConfiguration {
        let passed = PassedValues.toTools(from: main)
        let loader = loader(ImageConfiguration.toolsName, .tools, passed)
        return try load(loader, main, own: "mkosi.tools.conf", builtIn: "mkosi-tools")
    }

    /// Reads what a project says of such an image, and below it what the plugins say.
    private mutating func load(
        _ start: Loader,
        _ main: ImageConfiguration,
        own: String,
        builtIn: String
    ) throws(Failure) -> ImageConfiguration {
        var loader = start
        loader.pass(main.passedEnvironment)
        loader.pass(from: main)
        // What the project says is stronger, and read first: its profiles are also those of the plugins' configuration.
        if let project {
            let path = Paths.join(project, own)
            if Files.isDirectory(path) {
                try loader.readDirectory(
                    Loader.Place(directory: path, layer: .local, hasLocal: true, hasProfiles: true)
                )
            } else if Files.exists(path) {
                try loader.readFile(path, Loader.Place(directory: project, layer: .local))
            }
        }
        try loader.include(builtIn: builtIn, .files)
        return try finish(loader)
    }
}

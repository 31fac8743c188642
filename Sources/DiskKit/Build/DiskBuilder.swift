internal import System

/// Makes a disk image out of a tree: first it looks at the content, then it lays out the disk and writes it once.
public struct DiskBuilder: Sendable {
    public var definitions: [PartitionDefinition]
    /// The directory that the tree is in.
    public var root: String
    /// The file to be made.
    public var image: String
    /// An empty directory for what is made on the way.
    public var scratch: String
    public var seed: GUID
    public var sectorSize: UInt64 = 512
    /// The fewest bytes of the image; nil for as many as its partitions need.
    public var size: UInt64?
    /// Seconds since the epoch that no time exceeds; nil for the latest time of each partition's content.
    public var epoch: Int?
    public var jobs = 1
    public var run: FileSystem.Run
    public var warn: @Sendable (String) -> Void
    /// Gets each line of the layout, before anything is written.
    public var inform: @Sendable (String) -> Void

    public init(
        definitions: [PartitionDefinition],
        root: String,
        image: String,
        scratch: String,
        seed: GUID,
        run: @escaping FileSystem.Run,
        warn: @escaping @Sendable (String) -> Void = { _ in },
        inform: @escaping @Sendable (String) -> Void = { _ in }
    ) {
        self.definitions = definitions
        self.root = root
        self.image = image
        self.scratch = scratch
        self.seed = seed
        self.run = run
        self.warn = warn
        self.inform = inform
    }

    /// What is known of the content before anything is written, by the definition's name.
    public typealias Survey = [String: ContentMeasure]

    /// Looks at the content of all partitions.
    ///
    /// Throws `definition` for a file system that this version cannot make, or that needs files and has none.
    public func survey() throws(DiskError) -> Survey {
        var survey: Survey = [:]
        for definition in definitions {
            try Self.check(definition)
            guard let name = definition.fileSystem else { continue }
            let fileSystem = try Self.fileSystem(name, of: definition)
            if let program = fileSystem.program, Paths.findProgram(program) == nil {
                throw DiskError(
                    .system,
                    "\(definition.name): the file system \(name) needs the program \(program), which is not installed"
                )
            }
            let plan = ContentPlan(definition, among: definitions)
            if plan.isEmpty {
                guard fileSystem.allowsNone else {
                    throw DiskError(
                        .definition,
                        "\(definition.name): the file system \(name) cannot be made without files",
                        hint: "Add CopyFiles= to the definition"
                    )
                }
                continue
            }
            let measure = try ContentMeasure(plan, root: root)
            for path in measure.missing where path != "/efi" && path != "/boot" {
                warn("\(definition.name): \(path) does not exist in the tree and is not copied")
            }
            survey[definition.name] = measure
        }
        return survey
    }

    /// Refuses what this version cannot carry out.
    private static func check(_ definition: PartitionDefinition) throws(DiskError) {
        let requests = [
            ("Encrypt=", definition.encryption != .off), ("Verity=", definition.verity.role != .off),
            ("CopyBlocks=", definition.content.copyBlocks != nil),
        ]
        guard let first = requests.first(where: \.1) else { return }
        throw DiskError(.definition, "\(definition.name): \(first.0) is not supported yet")
    }

    static func fileSystem(_ name: String, of definition: PartitionDefinition) throws(DiskError) -> FileSystem {
        if let known = FileSystem.all[name] { return known }
        let names = FileSystem.all.keys.sorted().joined(separator: ", ")
        throw DiskError(
            .definition,
            "\(definition.name): the file system \(name) is not supported",
            hint: "Use one of \(names)"
        )
    }

    /// Writes the image; if that fails, there is none.
    ///
    /// - Parameter survey: The result of `survey()`.
    /// - Returns: Where everything is in the image.
    /// - Throws: `layout` if something does not fit, and what the programs say that make file systems.
    @discardableResult
    public func build(_ survey: Survey) throws(DiskError) -> DiskLayout {
        do throws(DiskError) {
            return try write(survey)
        } catch {
            Files.remove(image)
            throw error
        }
    }

    private func write(_ survey: Survey) throws(DiskError) -> DiskLayout {
        var needs: [String: DiskLayout.Need] = [:]
        var identifiers = DerivedIdentifiers(seed: seed)
        for definition in definitions {
            // The identifiers of file systems come from those of their partitions, which do not depend on the layout.
            let derived = try identifiers.nextPartition(of: definition.type.identifier)
            needs[definition.name] = try need(of: definition, survey[definition.name], derived)
        }
        var layout = try DiskLayout(definitions, size: nil, sectorSize: sectorSize, seed: seed, needs: needs)
        let bytes = layout.table.sectorCount * sectorSize
        if let size, size > bytes { layout = try layout.resized(to: size) }
        var contents = survey.mapValues(\.bytes)
        for definition in definitions where Self.isApart(definition) {
            contents[definition.name] = needs[definition.name]?.minimum
        }
        for line in layout.lines(contents: contents) { inform(line) }
        let file = try ImageFile(image, size: layout.table.sectorCount * sectorSize)
        for place in layout.partitions { try fill(place, survey[place.definition.name], file) }
        for region in try layout.table.regions() { try file.write(region.bytes, at: region.offset) }
        return layout
    }

    private static func isApart(_ definition: PartitionDefinition) -> Bool {
        definition.fileSystem.flatMap { FileSystem.all[$0] }?.placement == .apart
    }

    /// Makes what is made apart, and says how many bytes a partition needs.
    private func need(
        of definition: PartitionDefinition,
        _ measure: ContentMeasure?,
        _ identifier: GUID
    ) throws(DiskError) -> DiskLayout.Need? {
        guard let name = definition.fileSystem else { return nil }
        let fileSystem = try Self.fileSystem(name, of: definition)
        let isExact = definition.minimize != .off
        if fileSystem.placement == .apart {
            var request = try request(definition, measure, fileSystem, identifier)
            request.image = apartPath(definition)
            try fileSystem.make(request)
            return .init(minimum: try ImageFile(request.image).size(), isExact: isExact)
        }
        let minimum = max(measure.map(fileSystem.need) ?? 0, fileSystem.minimumSize)
        if minimum == 0 { return nil }
        // A file system with room to grow is not made smaller than one about which nothing is said.
        return .init(minimum: isExact ? minimum : max(minimum, definition.minimumSize ?? 10 << 20), isExact: isExact)
    }

    private func fill(
        _ place: DiskLayout.Placement,
        _ measure: ContentMeasure?,
        _ file: borrowing ImageFile
    ) throws(DiskError) {
        guard let name = place.definition.fileSystem else { return }
        let fileSystem = try Self.fileSystem(name, of: place.definition)
        if fileSystem.placement == .apart {
            let path = apartPath(place.definition)
            let made = try ImageFile(path)
            try file.copy(from: made.descriptor, path, count: made.size(), to: place.offset)
            Files.remove(path)
            return
        }
        var request = try request(place.definition, measure, fileSystem, place.identifier)
        request.offset = place.offset
        request.size = place.size
        request.label = fileSystem.label(place.label)
        try fileSystem.make(request)
    }

    private func apartPath(_ definition: PartitionDefinition) -> String { "\(scratch)/\(definition.name).image" }

    private func request(
        _ definition: PartitionDefinition,
        _ measure: ContentMeasure?,
        _ fileSystem: FileSystem,
        _ identifier: GUID
    ) throws(DiskError) -> FileSystem.Request {
        let plan = ContentPlan(definition, among: definitions)
        if measure?.hasAccessLists == true, fileSystem.loses.contains(.accessLists) {
            warn("\(definition.name): \(fileSystem.name) cannot keep access control lists")
        }
        var source: String?
        if !plan.isEmpty, fileSystem.program != nil { source = try directory(definition, plan, measure) }
        let fixed: GUID = if case .fixed(let fixed) = definition.identifier { fixed } else { identifier }
        return FileSystem.Request(
            plan: plan,
            root: root,
            source: source,
            measure: measure,
            image: image,
            identifier: try DerivedIdentifiers.fileSystem(in: fixed),
            label: fileSystem.label(definition.label ?? ""),
            epoch: epoch ?? measure?.latest ?? 0,
            sectorSize: sectorSize,
            compression: definition.content.compression,
            compressionLevel: definition.content.compressionLevel,
            jobs: jobs,
            run: run,
            warn: warn
        )
    }
}

internal import System

/// What is written into the partitions.
extension DiskBuilder {
    /// Writes the content of partitions that have none yet to their places.
    ///
    /// Contents are written in parallel; several threads encrypt one partition after the other.
    func fill(_ places: [DiskLayout.Placement], _ survey: Survey, _ file: borrowing ImageFile) throws(DiskError) {
        let path = file.path
        let results = parallelMap(places, jobs: jobs) { place in
            Result { () throws(DiskError) in try fill(place, survey[place.definition.name], ImageFile(path)) }
        }
        for result in results { try result.get() }
        for place in places { try encrypt(place, file) }
    }

    private func fill(
        _ place: DiskLayout.Placement,
        _ measure: ContentMeasure?,
        _ file: borrowing ImageFile
    ) throws(DiskError) {
        if let path = place.definition.content.copyBlocks {
            let source = try blocks(of: place.definition, path)
            try file.copy(from: source.file.descriptor, path, count: source.size, to: place.dataOffset)
            return
        }
        guard let name = place.definition.fileSystem else { return }
        let fileSystem = try Self.fileSystem(name, of: place.definition)
        if fileSystem.isMadeFirst(place.definition) { return try move(place, file) }
        var request = try request(place.definition, measure, fileSystem, place.identifier)
        request.size = place.dataSize
        request.label = fileSystem.label(place.label)
        if fileSystem.placement == .inPlace {
            request.offset = place.dataOffset
            return try fileSystem.make(request)
        }
        request.image = apartPath(place.definition)
        try fileSystem.make(request)
        try move(place, file)
    }

    /// Moves a file system from a file of its own into its partition.
    private func move(_ place: DiskLayout.Placement, _ file: borrowing ImageFile) throws(DiskError) {
        let path = apartPath(place.definition)
        let made = try ImageFile(path)
        let size = try made.size()
        guard size <= place.dataSize else {
            throw DiskError(
                .layout,
                "\(place.definition.name): the file system became \(size - place.dataSize) bytes larger than its partition",
                hint: "Set SizeMinBytes= to at least \(size)"
            )
        }
        try file.copy(from: made.descriptor, path, count: size, to: place.dataOffset)
        Files.remove(path)
    }

    func apartPath(_ definition: PartitionDefinition) -> String { "\(scratch)/\(definition.name).image" }

    func request(
        _ definition: PartitionDefinition,
        _ measure: ContentMeasure?,
        _ fileSystem: FileSystem,
        _ identifier: GUID
    ) throws(DiskError) -> FileSystem.Request {
        let plan = try plan(of: definition)
        let lost = measure?.features.intersection(fileSystem.loses) ?? []
        if !lost.isEmpty {
            let names = lost.map(\.rawValue).sorted().joined(separator: ", ")
            warn("\(definition.name): \(fileSystem.name) is made without these: \(names)")
        }
        var source: String?
        if !plan.isEmpty, !fileSystem.programs.isEmpty { source = try directory(definition, plan, measure) }
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
            sectorSize: sectorSize ?? 512,
            options: definition.content,
            jobs: jobs,
            run: try labelled(definition, plan, fileSystem, source),
            warn: warn
        )
    }
}

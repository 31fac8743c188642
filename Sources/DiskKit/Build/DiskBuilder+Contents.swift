internal import System

/// The contents of the partitions.
extension DiskBuilder {
    /// Writes the content of partitions that have none yet to their places, and encrypts what is to be encrypted.
    ///
    /// Contents are written in parallel, and so are the headers of encrypted partitions made, which takes as long as a
    /// small file system; several threads then encrypt one partition after the other.
    ///
    /// - Parameters:
    ///   - places: The partitions.
    ///   - filled: The name of the definition whose content is in its place already; nil for none.
    ///   - survey: The result of `survey()`, at least for them.
    ///   - file: The image.
    /// - Throws: The first error of a partition.
    func fill(
        _ places: [DiskLayout.Placement],
        except filled: String? = nil,
        _ survey: Survey,
        _ file: borrowing ImageFile
    ) throws(DiskError) {
        let path = file.path
        let encrypted = places.filter { $0.definition.encryption != .off }
        let contents = places.filter { $0.definition.name != filled }
        let tasks = encrypted.map { (place: $0, isHeader: true) } + contents.map { (place: $0, isHeader: false) }
        let results = parallelMap(tasks, jobs: jobs) { task in
            Result { () throws(DiskError) in
                if task.isHeader { return try encryptionHeader(task.place) }
                try fill(task.place, survey[task.place.definition.name], ImageFile(path))
                return nil
            }
        }
        var headers: [LUKSVolume.Header?] = []
        for result in results { headers.append(try result.get()) }
        for (place, header) in zip(encrypted, headers) {
            if let header { try volume(place)?.write(header, to: file) }
        }
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
            return try make(fileSystem, request, of: place.definition)
        }
        request.image = apartPath(place.definition)
        try make(fileSystem, request, of: place.definition)
        try move(place, file)
    }

    /// Makes a file system.
    ///
    /// - Parameters:
    ///   - fileSystem: Its kind.
    ///   - request: All that it is made from.
    ///   - definition: The definition of its partition.
    /// - Throws: What its program says, with the key of the definition that it is probably about, and by how many bytes
    ///   the content is too large where it is.
    func make(
        _ fileSystem: FileSystem,
        _ request: FileSystem.Request,
        of definition: PartitionDefinition
    ) throws(DiskError) {
        do throws(DiskError) {
            try fileSystem.make(request)
        } catch {
            if error.code == .layout {
                throw definition.failure(error.code, "SizeMaxBytes", error.message, hint: error.hint)
            }
            let need = request.measure.map(fileSystem.need) ?? 0
            if request.size > 0, need > request.size {
                throw definition.failure(
                    .layout,
                    "SizeMaxBytes",
                    "\(fileSystem.name) needs about \(need) bytes for the content, which is \(need - request.size) more "
                        + "than there are: \(error.message)",
                    hint: "Raise SizeMaxBytes=, or leave out files with ExcludeFiles="
                )
            }
            let content = definition.content
            if fileSystem.compressions != nil, content.compression != nil || content.compressionLevel != nil {
                let key = content.compressionLevel == nil ? "Compression" : "CompressionLevel"
                throw definition.failure(
                    error.code,
                    key,
                    error.message,
                    hint: error.hint ?? "The installed \(fileSystem.programs[0]) may not know this \(key)="
                )
            }
            throw definition.failure(error.code, "Format", error.message, hint: error.hint)
        }
    }

    /// Moves a file system from a file of its own into its partition.
    private func move(_ place: DiskLayout.Placement, _ file: borrowing ImageFile) throws(DiskError) {
        let path = apartPath(place.definition)
        let made = try ImageFile(path)
        let size = try made.size()
        guard size <= place.dataSize else {
            throw place.definition.failure(
                .layout,
                "SizeMaxBytes",
                "the file system became \(size - place.dataSize) bytes larger than its partition",
                hint: "Set SizeMinBytes= to at least \(size)"
            )
        }
        try file.copy(from: made.descriptor, path, count: size, to: place.dataOffset)
        Files.remove(path)
    }

    /// The file of a file system that is made apart: next to the image, where it can become the image by rename(2).
    ///
    /// The directory for what is made on the way may be another mount, from which rename(2) fails.
    func apartPath(_ definition: PartitionDefinition) -> String { "\(image).\(definition.name)" }

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

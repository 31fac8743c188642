internal import Crypto
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
    /// Bytes in a sector; nil for 512, with blocks of 4096 bytes in hash trees.
    public var sectorSize: UInt64?
    /// The fewest bytes of the image; nil for as many as its partitions need.
    public var size: UInt64?
    /// Seconds since the epoch that no time exceeds; nil for the latest time of each partition's content.
    public var epoch: Int?
    public var jobs = 1
    /// Directories in which files of `CopyBlocks=` are searched that the tree does not have.
    public var blockDirectories: [String] = []
    /// The passphrase that opens encrypted partitions.
    public var passphrase: [UInt8]?
    /// The code that firmware without UEFI starts.
    public var bootCode: BootCode?
    /// The boot catalogue by which optical media start the EFI system partition.
    public var elTorito: ElTorito?
    /// The handling of signature partitions.
    public var signatures = Signatures.impossible
    /// True if partitions are written to files of their own, whose names then have to differ.
    public var isSplit = false
    /// The SELinux labels of the tree's files; nil if file systems have none.
    public var labelling: Labelling?
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

    /// The handling of signature partitions.
    public enum Signatures: Sendable {
        /// There is no key: none may be defined.
        case impossible
        /// They stay empty.
        case deferred
        /// The caller fills them in, as `BuiltDisk.signatures` says.
        case pending
    }

    /// The measures of the content before anything is written, by the definition's name.
    public typealias Survey = [String: ContentMeasure]

    /// Looks at the content of all partitions, or of those whose definitions have these names.
    ///
    /// Throws `definition` for a file system that this version cannot make, or that needs files and has none.
    public func survey(only names: Set<String>? = nil) throws(DiskError) -> Survey {
        var survey: Survey = [:]
        try checkDefinitions()
        try checkBootCode()
        try checkCatalog()
        for definition in definitions where !definition.isSupplement {
            try checkEncryptionProgram(of: definition)
            guard let name = definition.fileSystem, names?.contains(definition.name) != false else { continue }
            let fileSystem = try Self.fileSystem(name, of: definition)
            if let program = fileSystem.programs.first(where: { Paths.findProgram($0) == nil }) {
                throw definition.failure(
                    .system,
                    "Format",
                    "the file system \(name) needs the program \(program), which is not installed"
                )
            }
            try fileSystem.check(definition, run)
            let plan = try plan(of: definition)
            if plan.isEmpty {
                guard fileSystem.allowsNone else {
                    throw definition.failure(
                        .definition,
                        "Format",
                        "the file system \(name) cannot be made without files",
                        hint: "Add CopyFiles= to the definition"
                    )
                }
                continue
            }
            let measure = try ContentMeasure(plan, root: root)
            for path in measure.missing {
                warn("\(definition.name): \(path) does not exist in the tree and is not copied")
            }
            survey[definition.name] = measure
        }
        return survey
    }

    /// Refuses what is wrong whatever is in the tree.
    ///
    /// Throws `definition`, with file and line.
    public func checkDefinitions() throws(DiskError) {
        _ = try verityPairs()
        for definition in definitions where !definition.isSupplement {
            try Self.check(definition)
            try checkPassphrase(of: definition)
        }
    }

    /// Refuses what cannot be done before the image runs somewhere.
    private static func check(_ definition: PartitionDefinition) throws(DiskError) {
        if definition.encryption == .tpm2 {
            throw definition.failure(
                .definition,
                "Encrypt",
                "Encrypt=tpm2 needs the TPM of the machine on which the image will run",
                hint:
                    "Use key-file+tpm2 and enrol the TPM there with systemd-cryptenroll(1), or have systemd-repart(8) "
                    + "make the partition there, by a definition in /usr/lib/repart.d"
            )
        }
        if definition.content.copyBlocks == "auto" {
            throw definition.failure(
                .definition,
                "CopyBlocks",
                "CopyBlocks=auto copies partitions of a running system, and this image is built from a tree",
                hint: "Name a file, or use CopyFiles="
            )
        }
    }

    static func fileSystem(_ name: String, of definition: PartitionDefinition) throws(DiskError) -> FileSystem {
        if let known = FileSystem.all[name] { return known }
        let names = FileSystem.all.keys.sorted().joined(separator: ", ")
        throw definition.failure(
            .definition,
            "Format",
            "the file system \(name) is not supported",
            hint: "Use one of \(names)"
        )
    }

    /// Writes the image; if that fails, there is none.
    ///
    /// - Parameters:
    ///   - survey: The result of `survey()`, at least for what is not prepared.
    ///   - prepared: The partitions that are written already, with the file that they are in.
    /// - Returns: Where everything is in the image.
    /// - Throws: `layout` if something does not fit, and what the programs say that make file systems.
    @discardableResult
    public func build(
        _ survey: Survey,
        from prepared: (disk: PreparedDisk, image: PreparedImage)? = nil
    ) throws(DiskError) -> BuiltDisk {
        do throws(DiskError) {
            var builder = self
            if let prepared { builder.definitions = definitions.map(prepared.disk.pinned) }
            return try builder.write(survey, prepared)
        } catch {
            removeImage()
            throw error
        }
    }

    private func write(
        _ survey: Survey,
        _ prepared: (disk: PreparedDisk, image: PreparedImage)?
    ) throws(DiskError) -> BuiltDisk {
        let pairs = try verityPairs().filter { prepared?.disk.partition(of: $0.hash) == nil }
        var needs = try needs(of: survey) { prepared?.disk.partition(of: $0) == nil }
        needs.merge(prepared?.disk.needs ?? [:]) { $1 }
        let layout = try place(&needs, pairs)
        if isSplit { _ = try layout.split(base: image) }
        for line in layout.lines(contents: contents(survey, needs, layout)) { inform(line) }
        let file: ImageFile
        if let prepared {
            file = try self.image(layout, from: prepared.disk, in: prepared.image)
            try fill(layout.partitions.filter { prepared.disk.partition(of: $0.definition) == nil }, survey, file)
        } else {
            file = try self.image(layout, layout.partitions, survey)
        }
        var built = BuiltDisk(layout: layout)
        let protected = try protect(pairs, layout, file)
        var identifiers = protected.identifiers
        built.rootHashes = protected.rootHashes
        for partition in prepared?.disk.partitions ?? [] {
            if let identifier = GUID(partition.identifier) { identifiers[partition.name] = identifier }
        }
        built.rootHashes.merge(prepared?.disk.rootHashes ?? [:]) { $1 }
        if !identifiers.isEmpty { built.layout = try lay(needs, identifiers: identifiers) }
        built.signatures = try pendingSignatures(of: built)
        let record = try writeBootCode(built.layout, file)
        try writeCatalog(built.layout, file)
        for region in try built.layout.table.regions(bootCode: record) {
            try file.write(region.bytes, at: region.offset)
        }
        return built
    }

    /// Returns the space that partitions need which are written now.
    func needs(
        of survey: Survey,
        where isWritten: (PartitionDefinition) -> Bool
    ) throws(DiskError) -> [String: UInt64] {
        var identifiers = DerivedIdentifiers(seed: seed)
        var written: [(definition: PartitionDefinition, identifier: GUID)] = []
        for definition in definitions {
            // The identifiers of file systems come from those of their partitions, which do not depend on the layout.
            let next = try identifiers.nextPartition(of: definition.type.identifier)
            if isWritten(definition), !definition.isSupplement { written.append((definition, next)) }
        }
        let results = parallelMap(written, jobs: jobs) { (definition, identifier) in
            Result { () throws(DiskError) in
                let need = try need(of: definition, survey[definition.name], identifier)
                return definition.encryption == .off ? need : Self.encrypted(need)
            }
        }
        var needs: [String: UInt64] = [:]
        for (partition, result) in zip(written, results) { needs[partition.definition.name] = try result.get() }
        return needs
    }

    /// Bytes that partitions use for their content and what their file systems need for it, by the definition's name.
    func contents(_ survey: Survey, _ needs: [String: UInt64], _ layout: DiskLayout) -> [String: UInt64] {
        var contents: [String: UInt64] = [:]
        for place in layout.partitions {
            let definition = place.definition
            let header = place.size - place.dataSize
            if Self.isApart(definition) {
                contents[definition.name] = needs[definition.name]
            } else if let measure = survey[definition.name] {
                let used = definition.fileSystem.flatMap { FileSystem.all[$0]?.used }
                contents[definition.name] = header + (used?(measure, place.dataSize) ?? measure.bytes)
            }
        }
        return contents
    }

    /// Makes the hash trees; the halves of a root hash are the identifiers of the two partitions.
    func protect(
        _ pairs: [VerityPair],
        _ layout: DiskLayout,
        _ file: borrowing ImageFile
    ) throws(DiskError) -> (rootHashes: [String: String], identifiers: [String: GUID]) {
        var hashes: [String: String] = [:]
        var halves: [String: GUID] = [:]
        for pair in pairs {
            guard let root = try fill(pair, layout, file) else { continue }
            halves[pair.data.name] = GUID(bytes: root.prefix(16))
            halves[pair.hash.name] = GUID(bytes: root.suffix(16))
            hashes[pair.data.name] = Digest.hexadecimal(root)
        }
        return (hashes, halves)
    }

    /// Returns the signatures for the caller to fill in, where it can.
    private func pendingSignatures(of disk: BuiltDisk) throws(DiskError) -> [VeritySignature] {
        guard signatures == .pending else { return [] }
        return try verityPairs().compactMap { pair in
            guard let definition = pair.signature, let place = disk.layout.placement(of: definition),
                let hash = disk.rootHashes[pair.data.name]
            else { return nil }
            return VeritySignature(name: definition.name, rootHash: hash, offset: place.offset, size: place.size)
        }
    }

    func lay(
        _ needs: [String: UInt64],
        identifiers: [String: GUID] = [:]
    ) throws(DiskError) -> DiskLayout {
        let layout = try DiskLayout(
            definitions,
            size: nil,
            sectorSize: sectorSize ?? 512,
            seed: seed,
            needs: needs,
            identifiers: identifiers
        )
        guard let size, size > layout.table.sectorCount * layout.table.sectorSize else { return layout }
        return try layout.resized(to: size)
    }

    /// Places the partitions; hash trees get what the partitions need that they are of.
    func place(_ needs: inout [String: UInt64], _ pairs: [VerityPair]) throws(DiskError) -> DiskLayout {
        var layout = try lay(needs)
        // More room for a tree may leave a partition less, which needs a smaller tree: once around is enough.
        for _ in 0..<2 {
            var isStable = true
            for pair in pairs {
                guard let data = layout.placement(of: pair.data) else { continue }
                let size = geometry(pair, dataSize: data.size).size
                if let maximum = pair.hash.maximumSize, size > maximum {
                    throw Self.excess(size - maximum, of: pair.hash)
                }
                if needs[pair.hash.name] != size {
                    needs[pair.hash.name] = size
                    isStable = false
                }
            }
            if isStable { break }
            layout = try lay(needs)
        }
        return layout
    }

    static func isApart(_ definition: PartitionDefinition) -> Bool {
        definition.fileSystem.flatMap { FileSystem.all[$0] }?.isMadeFirst(definition) == true
    }

    /// Makes what is made apart, and says how many bytes a partition needs.
    private func need(
        of definition: PartitionDefinition,
        _ measure: ContentMeasure?,
        _ identifier: GUID
    ) throws(DiskError) -> UInt64? {
        if let path = definition.content.copyBlocks {
            return try blocks(of: definition, path).size
        }
        guard let name = definition.fileSystem else { return nil }
        let fileSystem = try Self.fileSystem(name, of: definition)
        if fileSystem.isMadeFirst(definition) {
            var request = try request(definition, measure, fileSystem, identifier)
            request.image = apartPath(definition)
            try make(fileSystem, request, of: definition)
            let size = try ImageFile(request.image).size()
            try checkLimit(of: definition, size)
            return size
        }
        if let measure { try checkLimit(of: definition, measure.bytes) }
        let minimum = max(measure.map(fileSystem.need) ?? 0, fileSystem.minimumSize)
        if minimum == 0 { return nil }
        // A file system with room to grow is not made smaller than one about which nothing is said.
        let header = definition.encryption == .off ? 0 : PartitionDefinition.encryptionSize
        let configured = definition.minimumSize ?? 10 << 20
        let roomy = definition.minimize != .off ? minimum : max(minimum, configured - min(configured, header))
        // What is needed besides the files is an estimate: whether they fit is seen when the file system is made.
        return min(roomy, definition.contentLimit ?? roomy)
    }

    private func checkLimit(of definition: PartitionDefinition, _ size: UInt64) throws(DiskError) {
        guard let limit = definition.contentLimit, size > limit else { return }
        let header =
            definition.encryption == .off ? "" : ", besides \(PartitionDefinition.encryptionSize) for the encryption"
        throw definition.failure(
            .layout,
            "SizeMaxBytes",
            "the content needs \(size) bytes\(header), which is \(size - limit) more than SizeMaxBytes= allows",
            hint: "Raise SizeMaxBytes=, or leave out files with ExcludeFiles="
        )
    }
}

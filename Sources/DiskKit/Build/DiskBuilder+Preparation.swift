internal import Glibc
internal import System

extension DiskBuilder {
    /// The definitions whose partitions can be written although some paths of the tree are not finished.
    ///
    /// - Parameter unfinished: Absolute paths of the tree that will still change.
    /// - Returns: The names of definitions of which nothing is below such a path, or contains one.
    /// - Throws: `definition` for a verity partition without its counterpart.
    public func finished(without unfinished: [String]) throws(DiskError) -> Set<String> {
        var names: Set<String> = []
        for definition in definitions where !definition.isSupplement {
            let plan = try plan(of: definition)
            // Without content there is nothing to write, unless it is of another partition.
            let isEmpty = definition.fileSystem == nil && definition.content.copyBlocks == nil
            if isEmpty, definition.verity.role == .off { continue }
            let blocks = definition.content.copyBlocks.map { path in unfinished.contains { isWithin(path, $0) } }
            guard blocks != true, !unfinished.contains(where: plan.contains), !leads(plan, to: unfinished) else {
                continue
            }
            names.insert(definition.name)
        }
        // A hash tree and its signature are of what is in another partition.
        for pair in try verityPairs() {
            if !names.contains(pair.data.name) { names.remove(pair.hash.name) }
            // Signatures are filled in when the whole disk is there.
            if let signature = pair.signature { names.remove(signature.name) }
        }
        return names
    }

    /// True if a link of the tree leads a source of the plan to a path, to what is in it, or to a directory above it.
    private func leads(_ plan: ContentPlan, to paths: [String]) -> Bool {
        plan.copies.contains { copy in
            guard let place = Files.place(copy.source, inTree: root) else { return false }
            // Without a link there is nothing to add to what the plan says, which knows what is left out.
            let path = Paths.isBelow(place, root) ? "/" + (ContentPlan.relative(place, to: root) ?? "") : "/"
            if path.utf8.elementsEqual(copy.source.utf8) { return false }
            return paths.contains { isWithin($0, path) || isWithin(path, $0) }
        }
    }

    /// Writes the partitions with these names to their places in a new image, which has no partition table yet.
    ///
    /// - Parameters:
    ///   - names: Names of definitions, from `finished(without:)`.
    ///   - survey: The result of `survey(only: names)`.
    /// - Returns: Where they are, and what is known of them.
    /// - Throws: As `build`; there is no image then.
    public func prepare(_ names: Set<String>, _ survey: Survey) throws(DiskError) -> PreparedDisk {
        do throws(DiskError) {
            return try writePrepared(names, survey)
        } catch {
            removeImage()
            throw error
        }
    }

    private func writePrepared(_ names: Set<String>, _ survey: Survey) throws(DiskError) -> PreparedDisk {
        let pairs = try verityPairs()
        var needs = try needs(of: survey) { names.contains($0.name) }
        var layout = try place(&needs, pairs)
        for line in layout.lines(contents: contents(survey, needs, layout)) { inform(line) }
        let file = try self.image(layout, layout.partitions.filter { names.contains($0.definition.name) }, survey)
        var prepared = PreparedDisk(partitions: [])
        let protected = try protect(pairs.filter { names.contains($0.hash.name) }, layout, file)
        prepared.rootHashes = protected.rootHashes
        layout = try lay(needs, identifiers: protected.identifiers)
        for place in layout.partitions {
            let isWritten = names.contains(place.definition.name)
            if isWritten {
                let identifier = place.identifier.description
                prepared.partitions.append(
                    .init(name: place.definition.name, offset: place.offset, size: place.size, identifier: identifier)
                )
            }
            let role = place.definition.type.role
            if let hash = prepared.rootHashes[place.definition.name], prepared.systemHashes[role.rawValue] == nil {
                prepared.systemHashes[role.rawValue] = hash
            }
            guard role == .root || role == .usr, prepared.systems[role.rawValue] == nil else { continue }
            if isWritten || place.definition.verity.role == .off {
                prepared.systems[role.rawValue] = place.identifier.description
                if place.definition.encryption != .off {
                    let header = try DerivedIdentifiers.encryption(of: place.identifier)
                    prepared.encryptions[role.rawValue] = header.description
                }
            }
        }
        return prepared
    }

    /// The new image, with what was prepared for it at its place.
    ///
    /// A prepared image that may be used up becomes the image where all of its partitions are where they have to be;
    /// else they are copied.
    func image(
        _ layout: DiskLayout,
        from prepared: PreparedDisk,
        in source: PreparedImage
    ) throws(DiskError) -> ImageFile {
        let size = layout.table.sectorCount * layout.table.sectorSize
        let isInPlace = prepared.partitions.allSatisfy { partition in
            layout.partitions.contains { $0.definition.name == partition.name && $0.offset == partition.offset }
        }
        if isInPlace, source.isOwned, rename(source.path, image) == 0 {
            let file = try ImageFile(image)
            try file.resize(to: size)
            return file
        }
        let file = try ImageFile(image, size: size)
        let old = try ImageFile(source.path, isWritable: false)
        for place in layout.partitions {
            guard let partition = prepared.partition(of: place.definition) else { continue }
            try file.copy(
                from: old.descriptor,
                source.path,
                at: partition.offset,
                count: partition.size,
                to: place.offset
            )
        }
        return file
    }
}

/// The file of a prepared disk.
public struct PreparedImage: Codable, Sendable, Equatable {
    public var path: String
    /// True if the file belongs to the builder, which may change it.
    public var isOwned: Bool

    public init(path: String, isOwned: Bool) {
        self.path = path
        self.isOwned = isOwned
    }
}

extension ContentPlan {
    /// Returns true if something of the content is at or below a path of the tree.
    func contains(_ path: String) -> Bool {
        copies.contains { copy in
            guard isWithin(path, copy.source) || isWithin(copy.source, path) else { return false }
            let isLeftOut = (copy.excluded.union(copy.emptied)).contains { isWithin(path, $0) }
            return !isLeftOut
        }
    }
}

private func isWithin(_ path: String, _ directory: String) -> Bool {
    path == directory || Paths.isBelow(path, directory)
}

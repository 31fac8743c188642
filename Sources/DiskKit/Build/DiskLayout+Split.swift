internal import System

extension DiskLayout {
    /// Writes each partition of an image as a file of its own, as `SplitName=` says.
    ///
    /// - Parameters:
    ///   - image: The finished image.
    ///   - base: The path of the files, without the dot and the partition's name.
    /// - Returns: The paths, in the order of the disk.
    /// - Throws: `definition` if a name is none or there twice, and `system` for a file that cannot be written.
    public func split(_ image: String, base: String) throws(DiskError) -> [String] {
        let source = try ImageFile(image)
        var paths: [String] = []
        for place in partitions {
            guard let name = try splitName(of: place) else { continue }
            let path = "\(base).\(name).raw"
            guard !paths.contains(path) else {
                throw DiskError(
                    .definition,
                    "\(place.definition.name): another partition has the SplitName= \(name), too",
                    hint: "Use %U, or SplitName=- for a partition that is not to be split"
                )
            }
            let target = try ImageFile(path, size: place.size)
            try target.copy(from: source.descriptor, image, at: place.offset, count: place.size, to: 0)
            paths.append(path)
        }
        return paths
    }

    private func splitName(of place: Placement) throws(DiskError) -> String? {
        let pattern = place.definition.splitName ?? "%t"
        if pattern == "-" { return nil }
        var name = ""
        var rest = pattern[...]
        while let character = rest.popFirst() {
            guard character == "%" else {
                name.append(character)
                continue
            }
            switch rest.popFirst() {
            case "t": name += place.definition.type.name
            case "T": name += place.definition.type.identifier.description
            case "U": name += place.identifier.description
            case "n": name += "\(place.slot + 1)"
            case "%": name += "%"
            case let letter:
                throw DiskError(
                    .definition,
                    "\(place.definition.name): SplitName=\(pattern) has the unknown specifier "
                        + "%\(letter.map(String.init) ?? "")"
                )
            }
        }
        guard FileName(name) != nil else {
            throw DiskError(.definition, "\(place.definition.name): SplitName=\(pattern) is not a file name")
        }
        return name
    }
}

internal import System

/// A partition of an image that is written as a file of its own.
public struct PartitionFile: Sendable, Equatable, Codable {
    public var path: String
    /// In bytes of the image.
    public var offset: UInt64
    public var size: UInt64

    /// Copies the partition out of the finished image.
    public func write(from image: String) throws(DiskError) {
        let source = try ImageFile(image)
        let target = try ImageFile(path, size: size)
        try target.copy(from: source.descriptor, image, at: offset, count: size, to: 0)
    }
}

extension DiskLayout {
    /// The files of the partitions, as `SplitName=` says.
    ///
    /// - Parameter base: The path of the files, without the dot and the partition's name.
    /// - Returns: The files, in the order of the disk.
    /// - Throws: `definition` if a name is none or there twice.
    public func split(base: String) throws(DiskError) -> [PartitionFile] {
        var files: [PartitionFile] = []
        for place in partitions {
            guard let name = try splitName(of: place) else { continue }
            let path = "\(base).\(name).raw"
            guard !files.contains(where: { $0.path == path }) else {
                throw place.definition.failure(
                    .definition,
                    "SplitName",
                    "another partition has the SplitName= \(name), too",
                    hint: "Use %U, or SplitName=- for a partition that is not to be split"
                )
            }
            files.append(PartitionFile(path: path, offset: place.offset, size: place.size))
        }
        return files
    }

    /// Returns the name that `SplitName=` makes of a partition's name; nil for a partition that is not to be split.
    public func splitName(of place: Placement) throws(DiskError) -> String? {
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
            case "T": name += place.definition.type.identifier.description.filter { $0 != "-" }
            case "U": name += place.identifier.description.filter { $0 != "-" }
            // The number of systemd-repart begins with 0.
            case "n": name += "\(place.slot)"
            case "%": name += "%"
            case let letter:
                throw place.definition.failure(
                    .definition,
                    "SplitName",
                    "SplitName=\(pattern) has the unknown specifier "
                        + "%\(letter.map(String.init) ?? "")"
                )
            }
        }
        guard FileName(name) != nil else {
            throw place.definition.failure(
                .definition,
                "SplitName",
                "SplitName=\(pattern) is not a file name"
            )
        }
        return name
    }
}

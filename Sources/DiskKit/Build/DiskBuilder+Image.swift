internal import CFiles
internal import Glibc
internal import System

extension DiskBuilder {
    /// Makes the file of a new image, and writes partitions to it.
    ///
    /// - Parameters:
    ///   - layout: Where everything is.
    ///   - places: The partitions that are written.
    ///   - survey: The result of `survey()`, at least for them.
    /// - Returns: The open file.
    /// - Throws: The first error of a partition, in their order.
    func image(
        _ layout: DiskLayout,
        _ places: [DiskLayout.Placement],
        _ survey: Survey
    ) throws(DiskError) -> ImageFile {
        let size = layout.table.sectorCount * layout.table.sectorSize
        let first = try insertLargest(of: places, size: size)
        let file = try ImageFile(image, size: first == nil ? size : nil)
        try fill(places, except: first, survey, file)
        return file
    }

    /// Makes the image from the largest file system that is in a file of its own, so that it is not written twice.
    ///
    /// What goes in front of it is inserted, which only changes where the kernel finds the blocks (fallocate(2)).
    ///
    /// - Returns: The name of the definition; nil if there is none, or if this file system cannot insert anything.
    private func insertLargest(of places: [DiskLayout.Placement], size: UInt64) throws(DiskError) -> String? {
        let apart = places.filter { Self.isApart($0.definition) }
        guard let place = apart.max(by: { $0.dataSize < $1.dataSize }) else { return nil }
        let path = apartPath(place.definition)
        let made = try ImageFile(path)
        guard try made.size() <= place.dataSize else { return nil }
        // The image has the mode of a file that is created here, whatever the program has made.
        let new = try ImageFile(image, size: 0)
        guard let status = FileStatus(of: new.descriptor) else { throw DiskError.system("look at", image) }
        if rename(path, image) == 0 {
            if mkosi_insert_range(made.descriptor, 0, Int64(place.dataOffset)) == 0 {
                guard fchmod(made.descriptor, mode_t(status.mode)) == 0 else {
                    throw DiskError.system("set the mode of", image)
                }
                try made.resize(to: size)
                return place.definition.name
            }
            guard rename(image, path) == 0 else { throw DiskError.system("rename", image) }
        }
        Files.remove(image)
        return nil
    }

    /// Removes an image that is not complete, with the files of file systems that were to become parts of it.
    func removeImage() {
        for path in [image] + definitions.map(apartPath) { Files.remove(path) }
    }
}

import DiskKit
public import Execution
import Glibc
public import Support
import System

/// Writes a disk image to a target of another size, and perhaps with other sectors, and reads it again.
public struct DiskBurner: ~Copyable {
    private let image: MachineFile
    private let source: ImageFile
    private let target: BurnTarget
    private let output: ImageFile
    private let regions: [PartitionTable.Region]
    /// Bytes of the image that are written, from its beginning.
    private let end: UInt64
    /// The end of the header and the entries of the table.
    private let front: UInt64

    /// A function that gets the progress: bytes that are done of all.
    public typealias Progress = (_ done: UInt64, _ total: UInt64) -> Void

    /// The bytes of a piece.
    private static let block: UInt64 = 4 << 20
    /// Bytes at the end of the target where an earlier table could be found.
    private static let tail: UInt64 = 1 << 20

    /// Reads the table of the image and works out the one of the target; nothing is written yet.
    ///
    /// - Parameters:
    ///   - image: The disk image.
    ///   - target: What it is written to.
    ///   - sectorSize: Bytes in a sector of the target; nil for those of the device, or else of the image.
    /// - Returns: What writes and compares.
    /// - Throws: one sentence where the image is no disk, or the partitions do not fit on the target.
    public static func prepared(
        _ image: MachineFile,
        to target: consuming BurnTarget,
        sectorSize: UInt64?
    ) throws(Failure) -> DiskBurner {
        let title = target.path
        var (from, into) = (stat(), stat())
        // An end in the middle would leave neither of them.
        if fstat(image.number, &from) == 0, fstat(target.number, &into) == 0, from.st_dev == into.st_dev,
            from.st_ino == into.st_ino
        {
            throw Failure(.usage, "\(title) is the image itself", hint: "Name a device, or another file")
        }
        do throws(DiskError) {
            return try DiskBurner(image, target, sectorSize)
        } catch {
            throw Failure(.configuration, "Cannot write \(image.path) to \(title): \(error.message)", hint: error.hint)
        }
    }

    private init(_ image: MachineFile, _ target: consuming BurnTarget, _ sectorSize: UInt64?) throws(DiskError) {
        let source = try ImageFile(image.place, isWritable: false)
        let size = try source.size()
        let table = try PartitionTable.reading(size: size) { (offset, count) throws(DiskError) in
            try source.read(at: offset, count)
        }
        let output = try ImageFile("/proc/self/fd/\(target.number)")
        let sector = sectorSize ?? target.sectorSize ?? table.sectorSize
        let relocated = try table.relocated(sectorSize: sector, sectorCount: target.size / sector)
        let bootCode = try source.read(at: 0, 440)
        let regions = try relocated.regions(bootCode: bootCode)
        // Nothing is set before the last error: the compiler releases what is not there yet.
        let last = (table.usableSectors.upperBound + 1) * table.sectorSize
        let room = (relocated.usableSectors.upperBound + 1) * sector
        let front = max(UInt64(regions[0].bytes.count), 2 * table.sectorSize + 128 * 128)
        self.front = front
        end = max(front, min(last, room, size))
        self.regions = regions
        self.image = image
        self.source = source
        self.target = target
        self.output = output
    }

    /// Writes the image.
    ///
    /// The table comes last: what was interrupted is no disk, in place of one that is half there.
    public func write(cancellation: Cancellation, _ progress: Progress) throws(Failure) {
        try working("write") { () throws(DiskError) in
            try output.clear(at: 0, count: front)
            // Another table could be found at the end, or where the header is with other sectors.
            let tail = max(end, target.size - min(Self.tail, target.size))
            try output.clear(at: tail, count: target.size - tail)
        }
        try pieces(cancellation, progress) { (offset, bytes) throws(DiskError) in
            try output.write(bytes, at: offset)
        }
        try settle()
        try working("write") { () throws(DiskError) in
            for region in regions.reversed() { try output.write(region.bytes, at: region.offset) }
        }
        try settle()
    }

    /// Reads everything from the target again.
    ///
    /// - Throws: one sentence with the place of the first difference.
    public func verify(cancellation: Cancellation, _ progress: Progress) throws(Failure) {
        let path = target.path
        func compare(_ offset: UInt64, _ bytes: [UInt8]) throws(DiskError) {
            let found = try output.read(at: offset, bytes.count)
            guard found != bytes else { return }
            let place = zip(found, bytes).enumerated().first { $0.element.0 != $0.element.1 }?.offset ?? 0
            throw DiskError(.damaged, "byte \(offset + UInt64(place)) is not what was written to it")
        }
        try pieces(cancellation, progress) { (offset, bytes) throws(DiskError) in try compare(offset, bytes) }
        do throws(DiskError) {
            for region in regions { try compare(region.offset, region.bytes) }
        } catch {
            throw Failure(.changed, "\(path) is not what was written: \(error.message)", hint: "Use another medium")
        }
    }

    /// Goes through the image behind its table.
    private func pieces(
        _ cancellation: Cancellation,
        _ progress: Progress,
        _ work: (_ offset: UInt64, _ bytes: [UInt8]) throws(DiskError) -> Void
    ) throws(Failure) {
        var offset = front
        while offset < end {
            if cancellation.isCancelled {
                throw Failure(.cancelled, "Cancelled; \(target.path) has no complete image on it")
            }
            let count = min(Self.block, end - offset)
            try working("write") { [offset] () throws(DiskError) in
                try work(offset, try source.read(at: offset, Int(count)))
            }
            offset += count
            progress(offset, end)
        }
    }

    private func settle() throws(Failure) {
        do throws(SystemCallError) {
            try target.settle()
        } catch {
            throw Failure(.system, "Cannot write \(target.path)", cause: error)
        }
    }

    private func working(_ verb: String, _ body: () throws(DiskError) -> Void) throws(Failure) {
        do throws(DiskError) {
            try body()
        } catch {
            throw Failure(.system, "Cannot \(verb) \(target.path): \(error.message)", hint: error.hint)
        }
    }
}

/// Code that firmware without UEFI finds at fixed places of a disk, outside of all file systems.
public struct BootCode: Sendable, Codable, Equatable {
    public struct File: Sendable, Codable, Equatable {
        public var name: String
        /// The type of the partition that it is written to; nil for the first sector of the disk.
        public var partition: String?
        /// Numbers that are written into the file, as they are known only now.
        public var addresses: [Address]?

        public init(name: String, partition: String?, addresses: [Address]? = nil) {
            self.name = name
            self.partition = partition
            self.addresses = addresses
        }
    }

    /// The number of a sector, in eight bytes, the lowest one first.
    public struct Address: Sendable, Codable, Equatable {
        /// The offset in the file.
        public var offset: Int
        /// The file that the sector is of.
        public var file: String
        /// The number of its sector, from 0.
        public var sector: UInt64

        public init(offset: Int, file: String, sector: UInt64) {
            self.offset = offset
            self.file = file
            self.sector = sector
        }
    }

    public var files: [File]
    /// The directory of the files.
    public var directory: String?

    public init(files: [File]) { self.files = files }
}

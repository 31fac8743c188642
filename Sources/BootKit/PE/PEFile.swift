/// The headers of a portable executable, the format of EFI programs (Microsoft, PE Format).
///
/// Only headers are kept in memory: the content of sections stays in the file.
public struct PEFile: Sendable {
    /// One entry of the section table.
    public struct Section: Sendable, Equatable {
        /// At most eight bytes, without the zeros that fill them up: `.linux`.
        public var name: String
        /// Bytes in memory.
        public var virtualSize: Int
        /// The address in memory, relative to the image's base.
        public var virtualAddress: Int
        /// Bytes in the file.
        public var rawSize: Int
        /// The offset in the file.
        public var rawOffset: Int
        public var characteristics: UInt32

        /// Bytes that mean something: what is in the file beyond the size in memory only fills it up.
        public var contentSize: Int { min(virtualSize, rawSize) }
        /// The bytes that mean something, as a range of the file.
        ///
        /// Without content that is its beginning, for then the offset may be anything.
        public var content: Range<Int> { contentSize == 0 ? 0..<0 : rawOffset..<rawOffset + contentSize }
        var virtualEnd: Int { virtualAddress + virtualSize }
        var rawEnd: Int { rawOffset + rawSize }
    }

    /// The machine that the program is for, as the header has it.
    public let machine: UInt16
    public let sections: [Section]
    public let sectionAlignment: Int
    public let fileAlignment: Int
    /// Bytes of the file in front of the first section.
    public let sizeOfHeaders: Int
    /// Bytes of the file.
    public let fileSize: Int
    /// The range of the file that has the certificates that sign it; empty if it is not signed.
    public let certificates: Range<Int>
    /// The first bytes of the file, all headers among them.
    let header: ByteFields
    let places: Places

    /// Offsets of fields in the file.
    struct Places: Sendable {
        /// The signature `PE`, before the file header.
        var signature: Int
        var isPlus: Bool
        var directoryCount: Int
        var sectionTable: Int

        var optional: Int { signature + 24 }
        var directories: Int { optional + (isPlus ? 112 : 96) }
        var checksum: Int { optional + 64 }
        /// The entry of the table of certificates; nil where there is none.
        var certificateEntry: Int? { directoryCount > 4 ? directories + 4 * 8 : nil }
        /// The entry of the debugging data.
        var debugEntry: Int? { directoryCount > 6 ? directories + 6 * 8 : nil }
    }

    /// Bytes of an entry of the section table.
    static let entrySize = 40
    /// Headers of real programs have a few hundred bytes.
    static let headerLimit = 1 << 20
    /// The number of sections that may share a byte of the file, on average; real programs share none.
    static let sharingLimit = 4

    /// The first section of this name.
    public func section(named name: String) -> Section? { sections.first { $0.name == name } }

    /// All sections of this name, in the order of the table.
    public func sections(named name: String) -> [Section] { sections.filter { $0.name == name } }
}

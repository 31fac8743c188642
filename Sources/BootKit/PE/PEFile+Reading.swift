internal import Glibc
internal import System

extension PEFile {
    /// Reads the headers of a file.
    public init(path: String) throws(BootError) {
        let head: [UInt8]
        let size: Int
        do throws(SystemCallError) {
            let file = try Files.openRegular(path)
            size = Int(try systemCall("lseek", path) { lseek(file.number, 0, SEEK_END) })
            try systemCall("lseek", path) { lseek(file.number, 0, SEEK_SET) }
            head = try file.read(upTo: min(size, Self.headerLimit))
        } catch {
            throw BootError(.system, "Cannot read \(path): \(error.reason)")
        }
        try self.init(head, fileSize: size, name: path)
    }

    /// Reads headers.
    ///
    /// Every offset and size is checked against the file, and sections against each other: whatever the bytes are,
    /// ranges of the result are inside of the file.
    ///
    /// - Parameters:
    ///   - head: The beginning of the file, or all of it.
    ///   - fileSize: Bytes of the whole file.
    ///   - name: The file, for errors.
    /// - Throws: an error that says what is wrong with it.
    public init(_ head: [UInt8], fileSize: Int, name: String) throws(BootError) {
        func damaged(_ what: String) -> BootError { BootError(.damaged, "\(name) is not an EFI program: \(what)") }
        let header = ByteFields(head)
        guard header.slice(0, 2)?.elementsEqual("MZ".utf8) == true, let start = header.offset(0x3c, as: UInt32.self),
            header.slice(start, 4)?.elementsEqual([0x50, 0x45, 0, 0]) == true
        else { throw damaged("it has no PE header") }
        guard let machine = header.integer(start + 4, as: UInt16.self),
            let sectionCount = header.offset(start + 6, as: UInt16.self),
            let optionalSize = header.offset(start + 20, as: UInt16.self),
            let magic = header.integer(start + 24, as: UInt16.self)
        else { throw damaged("its headers are truncated") }
        guard magic == 0x20b || magic == 0x10b else { throw damaged("its optional header is of an unknown kind") }
        var places = Places(
            signature: start,
            isPlus: magic == 0x20b,
            directoryCount: 0,
            sectionTable: start + 24 + optionalSize
        )
        let fixedSize = places.directories - places.optional
        guard optionalSize >= fixedSize, let count = header.offset(places.directories - 4, as: UInt32.self),
            count <= (optionalSize - fixedSize) / 8,
            let sectionAlignment = header.offset(places.optional + 32, as: UInt32.self),
            let fileAlignment = header.offset(places.optional + 36, as: UInt32.self),
            let sizeOfHeaders = header.offset(places.optional + 60, as: UInt32.self)
        else { throw damaged("its optional header is truncated") }
        places.directoryCount = count
        // The format's limit of alignment in the file is 64 KiB.
        for (alignment, limit) in [(sectionAlignment, 1 << 24), (fileAlignment, 1 << 16)] {
            guard (1...limit).contains(alignment), alignment.nonzeroBitCount == 1 else {
                throw damaged("an alignment of it is \(alignment)")
            }
        }
        let tableEnd = places.sectionTable + sectionCount * Self.entrySize
        guard tableEnd <= head.count, tableEnd <= sizeOfHeaders, sizeOfHeaders <= fileSize,
            sizeOfHeaders <= Self.headerLimit
        else { throw damaged("its section table is truncated") }
        var sections: [Section] = []
        var stored = 0
        for index in 0..<sectionCount {
            let entry = places.sectionTable + index * Self.entrySize
            guard let section = Self.section(header, entry) else { throw damaged("its section table is truncated") }
            if section.rawSize > 0, section.rawOffset < sizeOfHeaders || section.rawEnd > fileSize {
                throw damaged("the section \(section.name) is not inside of the file")
            }
            stored += section.rawSize
            sections.append(section)
        }
        // Sections may share bytes, but reading all of them must not take forever.
        guard stored <= Self.sharingLimit * fileSize else {
            throw damaged("its sections have more than \(Self.sharingLimit) times the bytes of the file")
        }
        certificates = try Self.certificates(header, places, fileSize, damaged)
        self.machine = machine
        self.sections = sections
        self.sectionAlignment = sectionAlignment
        self.fileAlignment = fileAlignment
        self.sizeOfHeaders = sizeOfHeaders
        self.fileSize = fileSize
        self.header = header
        self.places = places
    }

    private static func section(_ header: ByteFields, _ entry: Int) -> Section? {
        guard let name = header.slice(entry, 8), let virtualSize = header.offset(entry + 8, as: UInt32.self),
            let virtualAddress = header.offset(entry + 12, as: UInt32.self),
            let rawSize = header.offset(entry + 16, as: UInt32.self),
            let rawOffset = header.offset(entry + 20, as: UInt32.self),
            let characteristics = header.integer(entry + 36, as: UInt32.self)
        else { return nil }
        return Section(
            name: String(decoding: name.prefix { $0 != 0 }, as: UTF8.self),
            virtualSize: virtualSize,
            virtualAddress: virtualAddress,
            rawSize: rawSize,
            rawOffset: rawOffset,
            characteristics: characteristics
        )
    }

    /// Unlike those of other tables, the address of the certificates is an offset in the file.
    private static func certificates(
        _ header: ByteFields,
        _ places: Places,
        _ fileSize: Int,
        _ damaged: (String) -> BootError
    ) throws(BootError) -> Range<Int> {
        guard let entry = places.certificateEntry, let start = header.offset(entry, as: UInt32.self),
            let size = header.offset(entry + 4, as: UInt32.self), size > 0
        else { return fileSize..<fileSize }
        guard start <= fileSize, size <= fileSize - start else {
            throw damaged("its certificates are not inside of the file")
        }
        return start..<start + size
    }
}

internal import Glibc
internal import System

/// A program that gets further sections: how a stub becomes a unified kernel image.
///
/// The certificates of the program are left out, for they would be wrong, and so are its symbols.
public struct PEAssembly: Sendable {
    private let program: [UInt8]
    private let file: PEFile
    private let name: String
    private var additions: [(name: String, content: SectionContent, characteristics: UInt32)] = []
    private var replacements: [Int: [UInt8]] = [:]
    /// Sections of the program without a name.
    private var hidden: Set<Int> = []

    /// Initialized data that is read.
    private static let data: UInt32 = 0x4000_0040
    /// Code that is read: how the kernel is marked.
    private static let code: UInt32 = 0x4000_0020

    /// - Parameters:
    ///   - program: All bytes of the program.
    ///   - name: The program, for errors.
    /// - Throws: an error that says what is wrong with the program.
    public init(_ program: [UInt8], name: String) throws(BootError) {
        self.program = program
        self.name = name
        file = try PEFile(program, fileSize: program.count, name: name)
    }

    /// The program's own headers.
    public var headers: PEFile { file }

    /// The content of a section that the program has itself; nil where it has none of this name.
    public func content(of name: String) -> [UInt8]? {
        file.section(named: name).map { Array(program[$0.content]) }
    }

    /// Adds a section behind all others.
    ///
    /// - Parameters:
    ///   - name: At most eight bytes.
    ///   - content: What is in it.
    ///   - isCode: Whether it is marked as code instead of data.
    public mutating func append(_ name: String, _ content: SectionContent, isCode: Bool = false) {
        additions.append((name, content, isCode ? Self.code : Self.data))
    }

    /// Gives a section of the program other content; one that does not exist is added.
    ///
    /// Where the content does not fit in front of the next section, the section loses its name, and another one is added:
    /// shim(1) refuses a program with two tables of its components, and stubs refuse sections that overlap.
    public mutating func replace(_ section: String, _ bytes: [UInt8]) {
        guard let index = file.sections.firstIndex(where: { $0.name == section }) else {
            return append(section, .bytes(bytes))
        }
        let old = file.sections[index]
        let next = file.sections.map(\.virtualAddress).filter { $0 > old.virtualAddress }.min() ?? Int.max
        if bytes.count <= min(old.rawSize, next - old.virtualAddress) {
            replacements[index] = bytes
        } else {
            hidden.insert(index)
            append(section, .bytes(bytes))
        }
    }

    /// The sections of the result, in the order of its table.
    private struct Layout {
        /// Bytes by which everything behind the headers moves, so that the table has room.
        var shift: Int
        var headerSize: Int
        var sections: [PEFile.Section]
        var addedData: Int
        var imageSize: Int
    }

    private func layout() throws(BootError) -> Layout {
        let tooLarge = BootError(.input, "The sections that are added to \(name) have more than 4 GiB together")
        let tableEnd = file.places.sectionTable + (file.sections.count + additions.count) * PEFile.entrySize
        var headerSize = file.sizeOfHeaders
        if tableEnd > headerSize {
            guard let size = aligned(tableEnd, to: file.fileAlignment) else { throw tooLarge }
            headerSize = size
        }
        let shift = headerSize - file.sizeOfHeaders
        let firstAddress = file.sections.map(\.virtualAddress).min() ?? headerSize
        guard headerSize <= firstAddress else {
            throw BootError(.input, "\(name) has no room in its headers for \(additions.count) more sections")
        }
        var sections = file.sections
        for index in sections.indices where sections[index].rawSize > 0 { sections[index].rawOffset += shift }
        for (index, bytes) in replacements { sections[index].virtualSize = bytes.count }
        var addedData = 0
        for addition in additions {
            let size = try addition.content.size()
            let end = sections.map(\.virtualEnd).max() ?? headerSize
            let rawEnd = max(headerSize, sections.lazy.filter { $0.rawSize > 0 }.map(\.rawEnd).max() ?? 0)
            guard let address = aligned(end, to: file.sectionAlignment),
                let offset = aligned(rawEnd, to: file.fileAlignment),
                let rawSize = aligned(size, to: file.fileAlignment), rawSize <= Int(UInt32.max),
                address <= Int(UInt32.max) - rawSize, offset <= Int(UInt32.max) - rawSize
            else { throw tooLarge }
            addedData += size
            sections.append(
                PEFile.Section(
                    name: addition.name,
                    virtualSize: size,
                    virtualAddress: address,
                    rawSize: rawSize,
                    rawOffset: offset,
                    characteristics: addition.characteristics
                )
            )
        }
        guard let imageSize = aligned(sections.map(\.virtualEnd).max() ?? 0, to: file.sectionAlignment),
            imageSize <= Int(UInt32.max), sections.count <= Int(UInt16.max)
        else { throw tooLarge }
        return Layout(
            shift: shift,
            headerSize: headerSize,
            sections: sections,
            addedData: addedData,
            imageSize: imageSize
        )
    }

    /// Writes the program with its further sections, replacing what is at the path.
    ///
    /// The same sections give the same bytes. A file that is not whole is removed again.
    public func write(to path: String) throws(BootError) {
        let layout = try layout()
        do {
            let output = try Descriptor.open(path, O_WRONLY | O_CREAT | O_TRUNC)
            try write(layout, to: output.number, path)
        } catch {
            unlink(path)
            throw error as? BootError ?? BootError(.system, "Cannot write \(path): \(error)")
        }
    }

    private func write(_ layout: Layout, to output: CInt, _ path: String) throws {
        var position = 0
        func put(_ bytes: UnsafeRawBufferPointer) throws(SystemCallError) {
            try writeAll(output, bytes, path)
            position += bytes.count
        }
        func fill(to offset: Int) throws(SystemCallError) {
            guard offset > position else { return }
            try writeAll(output, repeatElement(0, count: offset - position), path)
            position = offset
        }
        try headerBytes(layout).withUnsafeBytes { try put($0) }
        // In the order of the file, which need not be that of the table.
        let own = layout.sections.indices.prefix(file.sections.count).filter { layout.sections[$0].rawSize > 0 }
        for index in own.sorted(by: { layout.sections[$0].rawOffset < layout.sections[$1].rawOffset }) {
            let section = layout.sections[index]
            // Sections that share bytes of the file are there once.
            guard section.rawEnd > position else { continue }
            try fill(to: section.rawOffset)
            var bytes = Array(program[file.sections[index].rawOffset..<file.sections[index].rawEnd])
            if let replacement = replacements[index] {
                bytes = replacement + repeatElement(0, count: bytes.count - replacement.count)
            }
            moveDebugData(in: &bytes, of: section, layout)
            let rest = position - section.rawOffset
            try bytes.withUnsafeBytes { try put(UnsafeRawBufferPointer(rebasing: $0[rest...])) }
        }
        for (addition, section) in zip(additions, layout.sections.dropFirst(file.sections.count)) {
            try fill(to: section.rawOffset)
            try addition.content.read { bytes throws(SystemCallError) in try put(bytes) }
            guard position == section.rawOffset + section.virtualSize else {
                throw BootError(.system, "A file changed while it was copied to the section \(section.name)")
            }
            try fill(to: section.rawEnd)
        }
    }

    private func headerBytes(_ layout: Layout) -> [UInt8] {
        var header = Array(program[..<file.sizeOfHeaders])
        header += repeatElement(0, count: layout.shift)
        var fields = ByteFields(header)
        let places = file.places
        fields.set(places.signature + 6, UInt16(layout.sections.count))
        // Symbols are no part of what is loaded.
        fields.set(places.signature + 12, UInt64(0))
        let data = fields.integer(places.optional + 8, as: UInt32.self) ?? 0
        fields.set(places.optional + 8, data &+ UInt32(layout.addedData))
        fields.set(places.optional + 56, UInt32(layout.imageSize))
        fields.set(places.optional + 60, UInt32(layout.headerSize))
        fields.set(places.checksum, UInt32(0))
        if let entry = places.certificateEntry { fields.set(entry, UInt64(0)) }
        for (index, section) in layout.sections.enumerated() {
            let entry = places.sectionTable + index * PEFile.entrySize
            if index >= file.sections.count {
                fields.set(entry, repeatElement(0, count: PEFile.entrySize))
                fields.set(entry, section.name.utf8.prefix(8))
            }
            if hidden.contains(index) { fields.set(entry, repeatElement(0, count: 8)) }
            fields.set(entry + 8, UInt32(section.virtualSize))
            fields.set(entry + 12, UInt32(section.virtualAddress))
            fields.set(entry + 16, UInt32(section.rawSize))
            fields.set(entry + 20, UInt32(section.rawOffset))
            fields.set(entry + 36, section.characteristics)
        }
        return fields.bytes
    }

    /// Entries of debugging data have offsets in the file.
    private func moveDebugData(in bytes: inout [UInt8], of section: PEFile.Section, _ layout: Layout) {
        guard layout.shift > 0, let entry = file.places.debugEntry,
            let address = file.header.offset(entry, as: UInt32.self),
            let size = file.header.offset(entry + 4, as: UInt32.self),
            address >= section.virtualAddress, address - section.virtualAddress <= bytes.count,
            size <= bytes.count - (address - section.virtualAddress)
        else { return }
        var fields = ByteFields(bytes)
        for index in 0..<size / 28 {
            let place = address - section.virtualAddress + index * 28 + 24
            guard let offset = fields.integer(place, as: UInt32.self), offset > 0 else { continue }
            fields.set(place, offset &+ UInt32(layout.shift))
        }
        bytes = fields.bytes
    }
}

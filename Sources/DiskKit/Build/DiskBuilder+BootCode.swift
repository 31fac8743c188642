internal import System

extension DiskBuilder {
    /// As many bytes of the first sector as are in front of the table of partitions.
    private static let recordSize = 440
    /// The size of a sector for firmware without UEFI.
    private static let sectorSize: UInt64 = 512

    /// Refuses definitions without the partitions that boot code is for.
    func checkBootCode() throws(DiskError) {
        for file in bootCode?.files ?? [] {
            guard let type = file.partition else { continue }
            guard let identifier = GUID(type) else {
                throw DiskError(.definition, "The boot code \(file.name) is for \(type), which is not a UUID")
            }
            if definitions.contains(where: { $0.type.identifier == identifier }) { continue }
            throw DiskError(
                .definition,
                "The boot loader needs a partition of the type \(type), and no definition is of it",
                hint: "Add a definition with Type=\(type) and SizeMinBytes=1M, or set BiosBootloader=none"
            )
        }
    }

    /// Writes boot code to its partitions.
    ///
    /// - Returns: What the first sector begins with.
    /// - Throws: `layout` for code that does not fit.
    func writeBootCode(_ layout: DiskLayout, _ image: borrowing ImageFile) throws(DiskError) -> [UInt8] {
        guard let bootCode else { return [] }
        var record: [UInt8] = []
        for file in bootCode.files {
            var bytes = try read(file, of: bootCode)
            for address in file.addresses ?? [] {
                guard let target = bootCode.files.first(where: { $0.name == address.file }), address.offset >= 0,
                    address.offset <= bytes.count - 8
                else {
                    throw DiskError(
                        .definition,
                        "The boot code \(file.name) has no room for an address at \(address.offset)"
                    )
                }
                let start = try place(of: target, layout)?.offset ?? 0
                var number: [UInt8] = []
                number.append(littleEndian: start / Self.sectorSize + address.sector)
                bytes.replaceSubrange(address.offset..<address.offset + 8, with: number)
            }
            let place = try place(of: file, layout)
            let limit = place?.size ?? UInt64(Self.recordSize)
            guard UInt64(bytes.count) <= limit else {
                throw DiskError(
                    .layout,
                    "The boot code \(file.name) has \(bytes.count) bytes, \(UInt64(bytes.count) - limit) more than its "
                        + (place.map { "partition \($0.definition.name)" } ?? "first sector") + " has room for"
                )
            }
            if let place { try image.write(bytes, at: place.offset) } else { record = bytes }
        }
        return record
    }

    private func read(_ file: BootCode.File, of code: BootCode) throws(DiskError) -> [UInt8] {
        let path = "\(code.directory ?? "")/\(file.name)"
        return try DiskError.calling("read", path) { () throws(SystemCallError) in try Files.read(path) }
    }

    private func place(of file: BootCode.File, _ layout: DiskLayout) throws(DiskError) -> DiskLayout.Placement? {
        guard let type = file.partition else { return nil }
        let identifier = GUID(type)
        guard let place = layout.partitions.first(where: { $0.definition.type.identifier == identifier }) else {
            throw DiskError(.definition, "There is no partition of the type \(type) for the boot code \(file.name)")
        }
        return place
    }
}

extension DiskBuilder {
    /// Checks what the catalog of optical media needs of the definitions, before anything is written.
    func checkCatalog() throws(DiskError) {
        guard let elTorito else { return }
        try elTorito.check()
        guard definitions.contains(where: { $0.type.role == .esp }) else {
            throw DiskError(
                .definition,
                "ElTorito=yes needs an EFI system partition, and there is none",
                hint: "Add a definition with Type=esp, or set ElTorito=no"
            )
        }
    }

    /// Writes what optical media begin with.
    func writeCatalog(_ layout: DiskLayout, _ image: borrowing ImageFile) throws(DiskError) {
        guard let elTorito, let place = layout.partitions.first(where: { $0.definition.type.role == .esp }) else {
            return
        }
        let region = try elTorito.region(on: layout.table, starting: place.offset..<place.offset + place.size)
        try image.write(region.bytes, at: region.offset)
    }
}

internal import ArchiveKit
public import BootKit
internal import System

/// The description of a kernel module in its section `.modinfo` (modinfo(8)).
public struct ModuleInformation: Sendable, Equatable {
    /// Names of modules that it needs.
    public var dependencies: [String] = []
    /// Names of modules that are loaded before or after it where they exist.
    public var softDependencies: [String] = []
    /// Patterns of firmware files, relative to the directory of firmware.
    public var firmware: [String] = []

    /// Modules of distributions have less than 20 MiB; graphics drivers with debugging data have more.
    private static let sizeLimit = 256 << 20

    /// Reads a module, compressed or not.
    public init(path: String) throws(BootError) {
        let bytes: [UInt8]
        do throws(ImageError) {
            let file: Descriptor
            do throws(SystemCallError) {
                file = try Files.openRegular(path)
            } catch {
                throw ImageError(.input, "cannot open \(path): \(error.reason)", path: path)
            }
            var reader = try ArchiveReader(descriptor: file.number, path: path, acceptsPlain: true)
            guard try reader.next() != nil else {
                throw ImageError(.damaged, "\(path) is empty", path: path)
            }
            bytes = try reader.readAll(limit: Self.sizeLimit)
        } catch {
            throw BootError(.damaged, "Cannot read the kernel module: \(error.message)")
        }
        guard let section = Self.section(ByteFields(bytes)) else {
            throw BootError(.damaged, "\(path) is not a kernel module: it has no section .modinfo")
        }
        self.init(section: Array(section))
    }

    /// - Parameter section: Texts `key=value`, each with a NUL at its end.
    public init(section: [UInt8]) {
        for field in section.split(separator: 0) {
            let text = String(decoding: field, as: UTF8.self)
            guard let equals = text.firstIndex(of: "=") else { continue }
            let value = text[text.index(after: equals)...]
            switch text[..<equals] {
            case "depends": dependencies += value.split(separator: ",").map(String.init)
            case "softdep", "weakdep":
                softDependencies += value.split(whereSeparator: \.isWhitespace).map(String.init)
                    .filter { $0 != "pre:" && $0 != "post:" }
            case "firmware": firmware.append(String(value))
            default: break
            }
        }
    }

    /// Finds the section by the headers of the ELF file (elf(5)).
    private static func section(_ file: ByteFields) -> ArraySlice<UInt8>? {
        guard file.slice(0, 4)?.elementsEqual([0x7f, 0x45, 0x4c, 0x46]) == true,
            let width = file.integer(4, as: UInt8.self), file.integer(5, as: UInt8.self) == 1
        else { return nil }
        let isWide = width == 2
        func word(_ offset: Int) -> Int? {
            isWide ? file.offset(offset, as: UInt64.self) : file.offset(offset, as: UInt32.self)
        }
        guard let table = word(isWide ? 0x28 : 0x20),
            let entrySize = file.offset(isWide ? 0x3a : 0x2e, as: UInt16.self),
            let count = file.offset(isWide ? 0x3c : 0x30, as: UInt16.self),
            let names = file.offset(isWide ? 0x3e : 0x32, as: UInt16.self),
            file.slice(table, count * entrySize) != nil, entrySize >= (isWide ? 64 : 40), names < count
        else { return nil }
        func content(_ index: Int) -> ArraySlice<UInt8>? {
            let entry = table + index * entrySize
            guard let offset = word(entry + (isWide ? 0x18 : 0x10)), let size = word(entry + (isWide ? 0x20 : 0x14))
            else { return nil }
            return file.slice(offset, size)
        }
        guard let texts = content(names) else { return nil }
        for index in 0..<count {
            guard let name = file.offset(table + index * entrySize, as: UInt32.self), name < texts.count else {
                continue
            }
            if texts.dropFirst(name).prefix(while: { $0 != 0 }).elementsEqual(".modinfo".utf8) { return content(index) }
        }
        return nil
    }
}

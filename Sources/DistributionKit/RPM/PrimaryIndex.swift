import ArchiveKit
import Glibc
public import PluginWire
import System

/// Reads `primary.xml`, which may have 100 MB and more, without keeping it: a few of its packages are wanted.
public struct PrimaryIndex {
    private let path: String

    /// Takes the path of a file, however it is compressed.
    public init(path: String) { self.path = path }

    private static let start = Array("<package ".utf8)
    private static let end = Array("</package>".utf8)
    private static let blockSize = 1 << 20
    /// A package with all of its dependencies and files has far fewer bytes; compressed, any number would cost nothing.
    private static let largestPackage = 16 << 20

    /// Finds the packages that a closure wants by their identity.
    public func packages(where isWanted: (RPMIdentity) -> Bool) throws(ErrorObject) -> [IndexedPackage] {
        var found: [IndexedPackage] = []
        var pending: [UInt8] = []
        do {
            let file = try Descriptor.open(path, O_RDONLY)
            var reader = try ArchiveReader(descriptor: file.number, path: path, acceptsPlain: true)
            guard try reader.next() != nil else { return [] }
            var block = [UInt8](repeating: 0, count: Self.blockSize)
            while true {
                let count = try block.withUnsafeMutableBytes { buffer in try reader.read(into: buffer) }
                pending += block[..<count]
                let rest = try scan(pending, isWanted, &found)
                pending.removeFirst(rest)
                guard pending.count <= Self.largestPackage else {
                    throw ErrorObject(
                        code: .untrusted,
                        message: "the index \(path) has a package with more than \(Self.largestPackage >> 20) MiB",
                        subject: path
                    )
                }
                if count == 0 { return found }
            }
        } catch let error as ErrorObject {
            throw error
        } catch {
            throw ErrorObject(code: .untrusted, message: "the index \(path) is damaged: \(error)", subject: path)
        }
    }

    /// Goes through the whole packages in a part of the text, and returns where the next one begins.
    private func scan(
        _ bytes: [UInt8],
        _ isWanted: (RPMIdentity) -> Bool,
        _ found: inout [IndexedPackage]
    ) throws(ErrorObject) -> Int {
        var position = 0
        while let first = Self.find(Self.start, in: bytes, from: position) {
            // What is between packages is not kept.
            position = first
            guard let last = Self.find(Self.end, in: bytes, from: first + Self.start.count) else { return position }
            let package = bytes[first..<(last + Self.end.count)]
            if let package = Self.parsed(package, isWanted) {
                try package.check(index: path)
                found.append(package)
            }
            position = last + Self.end.count
        }
        // The text may end within the beginning of a package.
        return max(position, bytes.count - Self.start.count + 1)
    }

    private static func find(_ mark: [UInt8], in bytes: [UInt8], from start: Int) -> Int? {
        ByteSearch.first(mark, in: bytes, from: start)
    }

    /// The identity comes first in what the programs write that make indexes; others are read to the end.
    private static func parsed(_ bytes: ArraySlice<UInt8>, _ isWanted: (RPMIdentity) -> Bool) -> IndexedPackage? {
        var xml = MetadataXML(bytes)
        var identity = RPMIdentity(name: "", epoch: 0, version: "", release: "", architecture: "")
        var package = IndexedPackage(
            identity: identity,
            location: "",
            digest: ("", ""),
            size: 0,
            installedSize: 0
        )
        var isDecided = false
        var isProvided = false
        reading: while let event = xml.next() {
            if case .end("rpm:provides") = event { break reading }
            guard case .start(let name, let attributes, let isEmpty) = event else { continue }
            switch name {
            case "name": identity.name = xml.text()
            case "arch": identity.architecture = xml.text()
            case "version":
                identity.epoch = attributes["epoch"].flatMap { Int($0) } ?? 0
                identity.version = attributes["ver"] ?? ""
                identity.release = attributes["rel"] ?? ""
            case "checksum" where !isEmpty:
                package.digest = (attributes["type"] ?? "", xml.text().lowercased())
            case "size":
                package.size = attributes["package"].flatMap { Int($0) } ?? 0
                package.installedSize = attributes["installed"].flatMap { Int($0) } ?? 0
            case "location":
                package.location = attributes["href"] ?? ""
                package.base = attributes["xml:base"]
            case "rpm:license" where !isEmpty: package.license = xml.text()
            case "rpm:sourcerpm" where !isEmpty: package.source = RPMSource(xml.text())
            case "rpm:provides": isProvided = !isEmpty
            case "rpm:entry" where isProvided:
                if let name = attributes["name"] { package.provides.insert(name) }
            default: break
            }
            let isKnown = !identity.name.isEmpty && !identity.architecture.isEmpty && !identity.version.isEmpty
            if !isDecided, isKnown {
                if !isWanted(identity) { return nil }
                isDecided = true
            }
        }
        package.identity = identity
        return isDecided ? package : nil
    }
}

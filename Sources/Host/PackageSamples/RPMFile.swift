public import Crypto

/// A package file in the format of RPM, version 4, made without rpmbuild(8).
public struct RPMFile: Sendable {
    public var package: SamplePackage
    /// The whole file.
    public var bytes: [UInt8]
    /// The bytes of the header, for indexes.
    var header: Range<Int>
    var archiveSize: Int

    public var name: String { "\(package.name)-\(package.version)-\(package.release).\(package.rpmArchitecture).rpm" }

    /// Without a key the package is not signed.
    public init(_ package: SamplePackage, key: SampleKey?) throws(SigningError) {
        self.package = package
        let members = Self.members(package)
        let archive = CPIOPayload.encoded(members)
        let payload = StoredGzip.encoded(archive)
        archiveSize = archive.count
        do throws(DigestError) {
            var tags = try RPMTags(package, members.sorted { $0.file.precedes($1.file) })
            tags.addPayload(digest: try Digest.of(payload), archiveDigest: try Digest.of(archive))
            let header = tags.header.encoded(region: 63)
            var signatures = RPMHeader()
            signatures[273] = .text(try Digest.of(header))
            signatures[1000] = .integers([UInt32(header.count + payload.count)])
            signatures[1004] = .bytes(try Digest.bytes(of: header + payload, .md5))
            signatures[1007] = .integers([UInt32(archive.count)])
            if let key {
                do throws(SigningError) {
                    signatures[268] = .bytes(try key.signature(of: header))
                } catch {
                    throw DigestError(message: error.message)
                }
            }
            var output = ByteOutput(bytes: [0xed, 0xab, 0xee, 0xdb, 3, 0, 0, 0, 0, 1])
            let label = Array("\(package.name)-\(package.version)-\(package.release)".utf8.prefix(65))
            output.append(label + [UInt8](repeating: 0, count: 66 - label.count))
            output.append(UInt16(1))
            output.append(UInt16(5))
            output.append([UInt8](repeating: 0, count: 16))
            output.append(signatures.encoded(region: 62))
            output.pad(to: 8)
            self.header = output.bytes.count..<(output.bytes.count + header.count)
            output.append(header)
            output.append(payload)
            bytes = output.bytes
        } catch {
            throw SigningError(error.message)
        }
    }

    /// In the order of the archive: the names of a file come one after the other, and the last one has the content.
    private static func members(_ package: SamplePackage) -> [CPIOPayload.Member] {
        let files = package.files.sorted { $0.precedes($1) }
        var names: [String: [SampleFile]] = [:]
        for file in files {
            if case .hardLink(let other) = file.kind { names[other, default: []].append(file) }
        }
        var members: [CPIOPayload.Member] = []
        var inode: UInt32 = 0
        for file in files {
            if case .hardLink = file.kind { continue }
            inode += 1
            var content: [UInt8] = []
            if case .regular(let bytes) = file.kind { content = bytes }
            let same = ((names[file.path] ?? []) + [file]).sorted { $0.precedes($1) }
            for (index, name) in same.enumerated() {
                let isLast = index == same.count - 1
                members.append(
                    CPIOPayload.Member(file: name, inode: inode, links: same.count, content: isLast ? content : [])
                )
            }
        }
        return members
    }
}

extension SamplePackage {
    var rpmArchitecture: String { architecture ?? "noarch" }

    /// The relations that it provides, with those that every package provides of itself.
    var rpmProvides: [SampleRelation] { provides + [SampleRelation(name, .equal, fullVersion)] }

    var sourceFileName: String { "\(source ?? name)-\(version)-\(release).src.rpm" }
}

extension SampleFile {
    /// In the order that rpm(8) searches the header in.
    fileprivate func precedes(_ other: SampleFile) -> Bool { path.utf8.lexicographicallyPrecedes(other.path.utf8) }
}

internal import Crypto

/// The header of a package, tag by tag; numbers are those of `rpmtag.h`, as RPM's format documentation lists them.
struct RPMTags {
    private(set) var header = RPMHeader()

    init(_ package: SamplePackage, _ members: [CPIOPayload.Member]) throws(DigestError) {
        addNames(package)
        addScripts(package)
        addRelations(package, hasCapabilities: members.contains { $0.file.capabilities != nil })
        if !members.isEmpty { try addFiles(members) }
    }

    mutating func addPayload(digest: String, archiveDigest: String) {
        header[1124] = .text("cpio")
        header[1125] = .text("gzip")
        header[1126] = .text("9")
        header[5092] = .texts([digest])
        header[5093] = .integers([8])
        header[5097] = .texts([archiveDigest])
    }

    private mutating func addNames(_ package: SamplePackage) {
        header[100] = .texts(["C"])
        header[1000] = .text(package.name)
        header[1001] = .text(package.version)
        header[1002] = .text(package.release)
        if let epoch = package.epoch { header[1003] = .integers([UInt32(epoch)]) }
        header[1004] = .translated("The package \(package.name)")
        header[1005] = .translated("The package \(package.name), made for a test.")
        header[1006] = .integers([1_700_000_000])
        header[1007] = .text("localhost")
        header[1009] = .integers([UInt32(package.installedSize)])
        header[1014] = .text(package.license)
        header[1016] = .translated("Unspecified")
        header[1021] = .text("linux")
        header[1022] = .text(package.rpmArchitecture)
        header[1044] = .text(package.sourceFileName)
        header[1064] = .text("4.18.0")
        header[5062] = .text("utf-8")
    }

    private mutating func addScripts(_ package: SamplePackage) {
        let tags: [(SampleMoment, UInt32, UInt32)] = [
            (.beforeInstallation, 1023, 1085), (.afterInstallation, 1024, 1086),
            (.beforeRemoval, 1025, 1087), (.afterRemoval, 1026, 1088),
        ]
        for (moment, tag, program) in tags {
            guard let script = package.scripts[moment] else { continue }
            header[tag] = .text(script)
            header[program] = .text("/bin/sh")
        }
    }

    // MARK: - Relations

    private mutating func addRelations(_ package: SamplePackage, hasCapabilities: Bool) {
        add(package.rpmProvides, names: 1047, flags: 1112, versions: 1113)
        var needs = package.requires.map { ($0, $0.flags | ($0.isForScripts ? 0x200 | 0x400 : 0)) }
        if !package.scripts.isEmpty { needs.append(("/bin/sh", 0x100 | 0x200 | 0x400)) }
        // What a reader has to understand.
        var features = [
            ("CompressedFileNames", "3.0.4-1"), ("FileDigests", "4.6.0-1"), ("PayloadFilesHavePrefix", "4.0-1"),
        ]
        if hasCapabilities { features.append(("FileCaps", "4.6.1-1")) }
        for (feature, version) in features {
            let relation = SampleRelation("rpmlib(\(feature))", .lessOrEqual, version)
            needs.append((relation, relation.flags | 1 << 24))
        }
        header[1049] = .texts(needs.map(\.0.name))
        header[1048] = .integers(needs.map(\.1))
        header[1050] = .texts(needs.map { $0.0.version ?? "" })
        add(package.conflicts, names: 1054, flags: 1053, versions: 1055)
        add(package.obsoletes, names: 1090, flags: 1114, versions: 1115)
        add(package.recommends, names: 5046, flags: 5048, versions: 5047)
    }

    private mutating func add(_ relations: [SampleRelation], names: UInt32, flags: UInt32, versions: UInt32) {
        if relations.isEmpty { return }
        header[names] = .texts(relations.map(\.name))
        header[flags] = .integers(relations.map(\.flags))
        header[versions] = .texts(relations.map { $0.version ?? "" })
    }

    // MARK: - Files

    private mutating func addFiles(_ members: [CPIOPayload.Member]) throws(DigestError) {
        let files = members.map(\.file)
        var directories: [String] = []
        var numbers: [String: UInt32] = [:]
        var indexes: [UInt32] = []
        var baseNames: [String] = []
        for file in files {
            let path = file.path.utf8
            let slash = path.lastIndex(of: UInt8(ascii: "/")) ?? path.startIndex
            let directory = String(file.path[...slash])
            baseNames.append(String(file.path[path.index(after: slash)...]))
            if numbers[directory] == nil {
                numbers[directory] = UInt32(directories.count)
                directories.append(directory)
            }
            indexes.append(numbers[directory] ?? 0)
        }
        header[1116] = .integers(indexes)
        header[1117] = .texts(baseNames)
        header[1118] = .texts(directories)
        try addContent(members)
        header[1030] = .shorts(files.map(\.fullMode))
        header[1033] = .shorts(files.map { _ in 0 })
        header[1034] = .integers(files.map(\.modified))
        header[1036] = .texts(files.map { if case .symbolicLink(let target) = $0.kind { target } else { "" } })
        // Configuration and documentation.
        header[1037] = .integers(files.map { ($0.isConfiguration ? 1 : 0) | ($0.isDocumentation ? 2 : 0) })
        header[1039] = .texts(files.map(\.user))
        header[1040] = .texts(files.map(\.group))
        header[1045] = .integers(files.map { _ in UInt32.max })
        header[1095] = .integers(files.map { _ in 1 })
        header[1096] = .integers(members.map(\.inode))
        header[1097] = .texts(files.map { _ in "" })
        header[5011] = .integers([8])
        if files.contains(where: { $0.capabilities != nil }) {
            header[5010] = .texts(files.map { $0.capabilities ?? "" })
        }
    }

    /// Sizes and digests; each name of a file has those of the file.
    private mutating func addContent(_ members: [CPIOPayload.Member]) throws(DigestError) {
        var sizes: [UInt32] = []
        var digests: [String] = []
        var contents: [UInt32: (size: UInt32, digest: String)] = [:]
        // Each name of a file has the size and the digest of the file.
        for member in members {
            if case .regular(let content) = member.file.kind {
                contents[member.inode] = (UInt32(content.count), try Digest.of(content))
            }
        }
        for member in members {
            switch member.file.kind {
            case .regular, .hardLink:
                sizes.append(contents[member.inode]?.size ?? 0)
                digests.append(contents[member.inode]?.digest ?? "")
            case .symbolicLink(let target):
                sizes.append(UInt32(target.utf8.count))
                digests.append("")
            case .directory:
                sizes.append(4096)
                digests.append("")
            }
        }
        header[1028] = .integers(sizes)
        header[1035] = .texts(digests)
    }
}

extension SampleRelation {
    /// `RPMSENSE_LESS`, `RPMSENSE_GREATER` and `RPMSENSE_EQUAL`.
    fileprivate var flags: UInt32 {
        switch comparison {
        case nil: 0
        case .less: 2
        case .lessOrEqual: 2 | 8
        case .equal: 8
        case .greaterOrEqual: 4 | 8
        case .greater: 4
        }
    }
}

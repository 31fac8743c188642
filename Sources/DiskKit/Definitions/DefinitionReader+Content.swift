extension DefinitionReader {
    /// The keys that say what is put into a partition.
    static let contentKeys: [String: Key] = [
        "Format": { value, definition in
            guard !value.utf8.contains(where: { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: " ") }) else {
                return "is not the name of a file system"
            }
            if !value.isEmpty, FileSystem.all[value] == nil {
                return "is not supported: use one of \(FileSystem.all.keys.sorted().joined(separator: ", "))"
            }
            definition.content.format = value.isEmpty ? nil : value
            return nil
        },
        "CopyBlocks": { value, definition in
            if value.isEmpty || value == "auto" {
                definition.content.copyBlocks = value.isEmpty ? nil : value
                return nil
            }
            guard let path = DefinitionText.path(value) else { return notAPath }
            definition.content.copyBlocks = path
            return nil
        },
        "CopyFiles": { value, definition in
            if value.isEmpty { definition.content.copyFiles = [] }
            if value.isEmpty { return nil }
            guard let fields = DefinitionText.words(value, separator: ":"), (1...3).contains(fields.count),
                let source = DefinitionText.path(fields[0]),
                let target = fields.count > 1 && !fields[1].isEmpty ? DefinitionText.path(fields[1]) : source
            else { return "is not SOURCE or SOURCE:TARGET with absolute paths" }
            definition.content.copyFiles.append(.init(source: source, target: target))
            return nil
        },
        "ExcludeFiles": excluded(\.excludedSources),
        "ExcludeFilesTarget": excluded(\.excludedTargets),
        "MakeDirectories": { value, definition in
            if value.isEmpty { definition.content.directories = [] }
            guard let paths = paths(value) else { return notAPath }
            definition.content.directories += paths
            return nil
        },
        "MakeSymlinks": { value, definition in
            if value.isEmpty { definition.content.symlinks = [] }
            for word in DefinitionText.words(value) ?? [""] {
                guard let fields = DefinitionText.words(word, separator: ":"), fields.count == 2, !fields[1].isEmpty,
                    let path = DefinitionText.path(fields[0])
                else { return "is not a list of LINK:TARGET with absolute links" }
                definition.content.symlinks.append(.init(path: path, target: fields[1]))
            }
            return nil
        },
        "Subvolumes": { value, definition in
            if value.isEmpty { definition.content.subvolumes = [] }
            for word in DefinitionText.words(value) ?? [""] {
                guard let fields = DefinitionText.words(word, separator: ":"), (1...2).contains(fields.count),
                    let path = DefinitionText.path(fields[0])
                else { return notAPath }
                let flags = fields.count > 1 ? fields[1].split(separator: ",") : []
                if let other = flags.first(where: { $0 != "ro" }) { return "has the unknown flag \(other)" }
                definition.content.subvolumes.append(.init(path: path, isReadOnly: !flags.isEmpty))
            }
            return nil
        },
        "DefaultSubvolume": { value, definition in
            if value.isEmpty { definition.content.defaultSubvolume = nil }
            if value.isEmpty { return nil }
            guard let path = DefinitionText.path(value) else { return notAPath }
            definition.content.defaultSubvolume = path
            return nil
        },
        "Compression": { value, definition in
            definition.content.compression = value.isEmpty ? nil : value
            return nil
        },
        "CompressionLevel": { value, definition in
            definition.content.compressionLevel = value.isEmpty ? nil : value
            return nil
        },
    ]

    private static let notAPath = "is not an absolute path"

    /// Absolute paths parted by white space; a final slash stays, as it means the content of a directory.
    private static func paths(_ value: String, keepingSlash: Bool = false) -> [String]? {
        guard let words = DefinitionText.words(value) else { return nil }
        var paths: [String] = []
        for word in words {
            guard let path = DefinitionText.path(word) else { return nil }
            let isContent = keepingSlash && word.utf8.last == UInt8(ascii: "/") && path != "/"
            paths.append(isContent ? "\(path)/" : path)
        }
        return paths
    }

    private static func excluded(
        _ member: any WritableKeyPath<PartitionDefinition.Content, [String]> & Sendable
    ) -> Key {
        { value, definition in
            if value.isEmpty { definition.content[keyPath: member] = [] }
            guard let paths = paths(value, keepingSlash: true) else { return notAPath }
            definition.content[keyPath: member] += paths
            return nil
        }
    }
}

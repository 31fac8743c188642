public import PluginWire

/// The header of a package file, for an index of such files and for their installation.
public struct RPMPackageFile: Sendable {
    public let path: String
    public let header: RPMHeader
    public let identity: RPMIdentity

    public init(path: String) throws(ErrorObject) {
        self.path = path
        header = try RPMHeader(path: path)
        guard let name = header.string(.name), let version = header.string(.version),
            let release = header.string(.release), let architecture = header.string(.architecture)
        else {
            throw ErrorObject(
                code: .untrusted,
                message: "the package \(path) is damaged: it states no name, version, release or architecture",
                subject: path
            )
        }
        identity = RPMIdentity(
            name: name,
            epoch: header.number(.epoch) ?? 0,
            version: version,
            release: release,
            architecture: header.string(.sourcePackage) == nil ? "src" : architecture
        )
    }

    /// Seconds since the epoch.
    public var buildTime: Int { header.number(.buildTime) ?? 0 }

    /// Bytes of all files when they are installed.
    public var installedSize: Int { header.number(.longSize) ?? header.number(.size) ?? 0 }

    /// A path that the package has.
    public struct File: Sendable {
        public var path: String
        public var isDirectory: Bool
        /// True if the package owns it without having content for it (RPMFILE_GHOST).
        public var isGhost: Bool
    }

    public var files: [File] {
        let directories = header.strings(.directoryNames)
        let indexes = header.numbers(.directoryIndexes)
        let modes = header.numbers(.fileModes)
        let flags = header.numbers(.fileFlags)
        return header.strings(.baseNames).enumerated().compactMap { number, name in
            guard indexes.indices.contains(number), directories.indices.contains(indexes[number]) else { return nil }
            let mode = modes.indices.contains(number) ? modes[number] : 0
            return File(
                path: directories[indexes[number]] + name,
                isDirectory: mode & 0o170000 == 0o040000,
                isGhost: flags.indices.contains(number) && flags[number] & 1 << 6 != 0
            )
        }
    }
}

public import ByteKeys
public import JSON

extension ABI.V1 {
    /// `format/assemble`: make the outputs out of this tree and these artifacts.
    public struct Assemble: Codable, Sendable, Equatable {
        public static let method = "format/assemble"
        public var format: String
        /// The finished tree; absent for a format that needs none.
        ///
        /// Seen at this path in the sandbox.
        public var root: String?
        /// The directory that outputs are written to; the host moves them to their place when all succeeded.
        public var staging: String
        /// The file name of the main output, its extension and compression suffix included.
        public var outputName: String
        /// The name without extensions, for further outputs.
        public var baseName: String
        /// `none`, `zstd`, `xz`, `gz`, `bz2`, `lz4` or `lzma`.
        public var compression: String
        /// Absent: the compressor's default.
        public var compressionLevel: Int?
        /// Seconds since the epoch that no time stamp may exceed.
        public var sourceDateEpoch: Int?
        /// The number of threads that may work.
        public var jobs: Int
        /// The requested artifacts: those of `artifacts`, `optionalArtifacts` and `bootArtifacts`.
        public var artifacts: [Artifact]?
        /// The kernels of the tree, newest first; absent where the format has nothing to do with kernels.
        public var kernels: [Kernel]?
        /// The outputs of the formats that the description names in `from`.
        public var inputs: [FormatInput]?
        public var workspace: String
        /// Values of the settings that the description names, by setting name.
        public var settings: ByteDictionary<JSON>?
        /// The file system that the distribution's own installer takes, such as `ext4`.
        public var fileSystem: String?
        /// True if the host needs the SHA-256 of the outputs, so that it need not read again what the plugin writes.
        public var digests: Bool?

        public init(
            format: String,
            root: String?,
            staging: String,
            outputName: String,
            baseName: String,
            workspace: String
        ) {
            self.format = format
            self.root = root
            self.staging = staging
            self.outputName = outputName
            self.baseName = baseName
            self.workspace = workspace
            compression = "none"
            jobs = 1
        }
    }

    /// `format/check`: refuse settings that `format/assemble` could not carry out, as far as is known without a tree.
    public struct CheckFormat: Codable, Sendable, Equatable {
        public static let method = "format/check"
        public var format: String
        /// Values of the settings that the description names, by setting name.
        public var settings: ByteDictionary<JSON>?

        public init(format: String) {
            self.format = format
        }
    }

    /// An output of another format, made from the same tree for this one.
    public struct FormatInput: Codable, Sendable, Equatable {
        /// The format that made it.
        public var format: String
        /// As in `Output`.
        public var role: String
        public var path: String

        public init(format: String, role: String, path: String) {
            self.format = format
            self.role = role
            self.path = path
        }
    }

    public struct Assembled: Codable, Sendable, Equatable {
        public var outputs: [Output]
        /// The registers of a TPM once firmware has started the main output, as artifacts of the kind `measurements` have them.
        public var measurements: [JSON]?
        public init(outputs: [Output]) { self.outputs = outputs }
    }

    public struct Output: Codable, Sendable, Equatable {
        /// Relative to `staging`.
        public var name: String
        /// `image` for the main output, else a word such as `roothash` or `manifest`.
        public var role: String
        /// The digest of the file in `staging`, in lower-case hexadecimal digits; absent: the host reads the file.
        public var sha256: String?

        public init(name: String, role: String = "image", sha256: String? = nil) {
            self.name = name
            self.role = role
            self.sha256 = sha256
        }
    }
}

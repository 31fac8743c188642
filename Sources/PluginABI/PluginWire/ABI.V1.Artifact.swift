public import ByteKeys
public import JSON

extension ABI.V1 {
    /// A kind of artifact that a plugin makes: a named file made from the finished tree, before the outputs.
    ///
    /// `kernel`, `initrd`, `uki` and `addon` are the kinds that several plugins agree on; a plugin may add others.
    public struct ArtifactDescription: Codable, Sendable, Equatable {
        /// The word by which formats, boot loaders and other artifacts ask for it.
        public var kind: String
        public var title: String?
        /// Kinds of artifacts that have to be made before, and that `artifact/make` gets as `inputs`.
        public var needs: [String]?
        /// Kinds of artifacts that are made before where an installed plugin makes them.
        public var optional: [String]?
        /// `image`: made once; `kernel`: once per kernel of the tree; `profile`: once per UKI profile.
        ///
        /// Default: `image`.
        public var per: String?
        /// Absolute paths of the tree that it is made from; nil: the whole tree; empty: none of it.
        ///
        /// Only a change of these makes it again, and the request sees nothing else of the tree.
        public var reads: [String]?
        /// Kinds of artifacts whose facts `artifact/make` gets, where the build makes them for another reason.
        public var facts: [String]?
        /// The suffix of the image's name for the output that `SplitArtifacts=` makes of it: `.efi`; nil: it is none.
        public var suffix: String?
        /// The directory of `$ARTIFACTDIR` in which scripts leave files that it is made from as well: `io.mkosi.initrd`.
        public var directory: String?
        /// Facts about the host that it is made from, `processor` and `modules`, each with the settings that ask for it.
        ///
        /// A setting asks for a fact if it is true, or if it is a list with the word `host`.
        public var host: ByteDictionary<[String]>?
        /// The file with the kernel modules that the word `default` means in lists of modules, relative to the manifest's
        /// directory; nil: the kind is not about modules.
        public var moduleList: String?
        /// Names of settings whose values `artifact/make` wants to see.
        public var settings: [String]?
        public var tools: [Tool]?

        public init(kind: String) {
            self.kind = kind
        }
    }

    /// A kernel of the image.
    public struct Kernel: Codable, Sendable, Hashable {
        /// Its release, as uname(1) prints it, and the name of its directory of modules.
        public var version: String
        /// The path of its image in the tree, absolute.
        public var image: String

        public init(version: String, image: String) {
            self.version = version
            self.image = image
        }
    }

    /// A profile of unified kernel images, from `UnifiedKernelImageProfiles=`.
    public struct KernelProfile: Codable, Sendable, Hashable {
        /// The value of `ID` in the profile.
        public var id: String
        /// The keys of the section `.profile`, `ID` among them.
        public var keys: ByteDictionary<String>
        /// Words that are added to the kernel command line.
        public var commandLine: [String]
        /// True if expected PCR values are signed for it.
        public var signsExpectedPcr: Bool

        public init(id: String, keys: ByteDictionary<String>, commandLine: [String], signsExpectedPcr: Bool) {
            self.id = id
            self.keys = keys
            self.commandLine = commandLine
            self.signsExpectedPcr = signsExpectedPcr
        }
    }

    /// A file that `artifact/make` made, or that the host took from the tree.
    public struct Artifact: Codable, Sendable, Hashable {
        public var kind: String
        public var path: String
        /// The version of the kernel that it was made for; nil: for none in particular.
        public var kernel: String?
        /// The ID of the profile that it was made for; nil: for none in particular.
        public var profile: String?

        public init(kind: String, path: String, kernel: String? = nil, profile: String? = nil) {
            self.kind = kind
            self.path = path
            self.kernel = kernel
            self.profile = profile
        }
    }

    /// `artifact/make`: make the files of one artifact.
    public struct MakeArtifact: Codable, Sendable, Equatable {
        public static let method = "artifact/make"
        public var kind: String
        /// For an artifact that is made per kernel.
        public var kernel: Kernel?
        /// For an artifact that is made per profile.
        public var profile: KernelProfile?
        /// The artifacts that the description names: of the same kernel or profile, where they are made for one.
        public var inputs: [Artifact]
        /// The finished tree, or the parts of it that the description names; nil for an artifact that reads none.
        ///
        /// Seen at this path in the sandbox, read-only.
        public var root: String?
        /// The empty directory that the files are written to.
        public var staging: String
        public var workspace: String
        /// As the host names it: `x86-64`.
        public var architecture: String
        /// Seconds since the epoch that no time stamp may exceed.
        public var sourceDateEpoch: Int?
        /// The number of threads that may work.
        public var jobs: Int
        /// The facts about the artifacts that the description names for that.
        public var facts: ByteDictionary<String>?
        /// Facts about the host that settings ask for, by the names of the description.
        public var host: ByteDictionary<String>?
        /// The directory with files of scripts that the description names; absent if there are none.
        ///
        /// Seen at this path in the sandbox, read-only.
        public var directory: String?
        /// Absolute paths of the tree that boot loaders write to later; absent where the description has `reads`.
        public var unfinished: [String]?
        /// The file system that the distribution's own installer takes; absent where the description has `reads`.
        public var fileSystem: String?
        /// Values of the settings that the description names, by setting name.
        public var settings: ByteDictionary<JSON>?

        public init(
            kind: String,
            inputs: [Artifact] = [],
            root: String?,
            staging: String,
            workspace: String,
            architecture: String
        ) {
            self.kind = kind
            self.inputs = inputs
            self.root = root
            self.staging = staging
            self.workspace = workspace
            self.architecture = architecture
            jobs = 1
        }
    }

    /// The answer to `artifact/make`.
    public struct MadeArtifact: Codable, Sendable, Equatable {
        /// In the order in which they are used; none where the image has no need of any.
        public var files: [ArtifactFile]
        /// Facts for other parts of the build, by name: `roothash`.
        public var facts: ByteDictionary<String>?

        public init(files: [ArtifactFile], facts: ByteDictionary<String>? = nil) {
            self.files = files
            self.facts = facts
        }
    }

    /// A file of an artifact.
    public struct ArtifactFile: Codable, Sendable, Equatable {
        /// Relative to `staging`, without a path.
        public var name: String
        /// Of the file in `staging`, in lower-case hexadecimal digits; absent: the host reads the file.
        public var sha256: String?

        public init(name: String, sha256: String? = nil) {
            self.name = name
            self.sha256 = sha256
        }
    }
}

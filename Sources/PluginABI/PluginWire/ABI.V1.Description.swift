extension ABI.V1 {
    /// The answer to `describe`, and the member `provides` of a manifest: all that a plugin can do, without doing it.
    public struct Description: Codable, Sendable, Equatable {
        public static let method = "describe"

        public var distributions: [DistributionDescription]?
        public var formats: [FormatDescription]?
        /// Kinds of artifacts that the plugin makes.
        public var artifacts: [ArtifactDescription]?
        public var bootloaders: [BootloaderDescription]?
        /// Pieces of configuration that `Include=` finds by name.
        public var includes: [Include]?

        public init(
            distributions: [DistributionDescription]? = nil,
            formats: [FormatDescription]? = nil,
            artifacts: [ArtifactDescription]? = nil,
            bootloaders: [BootloaderDescription]? = nil,
            includes: [Include]? = nil
        ) {
            self.distributions = distributions
            self.formats = formats
            self.artifacts = artifacts
            self.bootloaders = bootloaders
            self.includes = includes
        }
    }

    /// Configuration that `Include=` reads by a name in place of a path.
    ///
    /// Several plugins may bring some under the same name; all of it is read, with the formats' first.
    public struct Include: Codable, Sendable, Equatable {
        /// The value of `Include=`: `mkosi-` and more.
        public var name: String
        /// A configuration directory, or a file, relative to the manifest's directory.
        public var path: String

        public init(name: String, path: String) {
            self.name = name
            self.path = path
        }
    }

    /// One distribution: everything that the host may know of it.
    public struct DistributionDescription: Codable, Sendable, Equatable {
        /// The value of `Distribution=`: lower case letters, digits and dashes.
        public var name: String
        /// The display name.
        public var title: String?
        public var aliases: [String]?
        /// `ID` values of os-release(5) that mean this distribution.
        public var osRelease: [String]?
        /// Known releases, newest first.
        ///
        /// Others are passed on unless `anyRelease` is false.
        public var releases: [Release]?
        public var anyRelease: Bool?
        public var defaultRelease: String?
        /// Architecture as the host names it (`x86-64`) to its local name (`amd64`).
        public var architectures: [String: String]
        /// `deb`, `rpm`, `pkg`, `apk` or another word: the suffix of package files, without its dot.
        public var packageFormat: String?
        /// The default mirror, by the host's name of the architecture; `*` for the others.
        public var mirrors: [String: String]?
        /// The same for `Snapshot=`; absent: there are no snapshots.
        public var snapshotMirrors: [String: String]?
        /// Key files, or directories of them, that the plugin looks for, in order.
        public var keyrings: [String]?
        /// Names of distributions that do not package these keys: with their tools, keys are fetched by default.
        public var keysMissingOn: [String]?
        /// The distribution of the default tools tree on a host that is this distribution; default: this one.
        public var toolsDistribution: String?
        /// Globs of the names of packages that have a kernel.
        public var kernelPackages: [String]?
        /// Named sets of packages: `base` for every image, `system` where the user asks for a system that starts.
        public var packageSets: [String: [String]]?
        /// Programs that the plugin runs in the build sandbox.
        public var tools: [Tool]?
        /// The file system that its own installer would choose; the specifier `%F`.
        public var fileSystem: String?
        /// From the name of a program to the package of this distribution that has it, for hosts that are this
        /// distribution.
        public var toolPackages: [String: String]?
        /// The command that installs packages on such a host, without their names: `acmectl add`.
        public var installCommand: String?
        /// Programs of a package manager: an image that has one of them keeps its databases.
        public var packageManagers: [String]?
        /// The package with the data that a setting such as `Timezone` needs in the image, by the setting's name.
        public var settingPackages: [String: String]?
        /// Names of settings whose values the plugin wants to see in `Context.settings`.
        public var settings: [String]?
        /// True if it is one's own tree, without a package manager.
        public var custom: Bool?

        public init(name: String, architectures: [String: String]) {
            self.name = name
            self.architectures = architectures
        }
    }

    public struct Release: Codable, Sendable, Equatable {
        /// The name that the repository uses.
        public var name: String
        /// Other words for it: a version number, `testing`.
        public var aliases: [String]?
        /// `ID` values of os-release(5) that mean this release, whatever version the system gives.
        public var osRelease: [String]?
        /// The compression that this release can read, where it is another one than the format's default.
        public var compression: String?

        public init(name: String, aliases: [String]? = nil) {
            self.name = name
            self.aliases = aliases
        }
    }

    /// A program that a plugin runs; which package has it is known to distributions (`toolPackages`).
    public struct Tool: Codable, Sendable, Equatable {
        public var name: String
        /// Programs that do as well, best first.
        public var alternatives: [String]?

        public init(name: String, alternatives: [String]? = nil) {
            self.name = name
            self.alternatives = alternatives
        }
    }

    /// One output format: what it makes and what it needs.
    public struct FormatDescription: Codable, Sendable, Equatable {
        /// The value of `Format=`.
        public var name: String
        public var title: String?
        public var aliases: [String]?
        /// The suffix of the output's name, with its dot; absent or empty for a directory.
        ///
        /// The compression's own suffix follows where the result is compressed.
        public var fileExtension: String?
        /// `none`: never compressed; `optional`: on request; or the name of the default compression.
        public var compression: String?
        /// True if only the content is compressed, so that the output's name has no suffix for it.
        ///
        /// Default: false.
        public var innerCompression: Bool?
        /// `always`: it has a kernel in it; `auto`: when one is installed; `asked`: only when the image is to be
        /// bootable.
        ///
        /// Default: `auto`.
        public var kernel: String?
        /// Names of settings whose values `assemble` wants to see.
        public var settings: [String]?
        /// True if the plugin checks these values before anything is built: `format/check`.
        ///
        /// Default: false.
        public var checks: Bool?
        /// Kinds of artifacts that must exist before: `kernel`, `initrd`, `uki`, and so on.
        public var artifacts: [String]?
        /// Kinds of artifacts that are made before where an installed plugin makes them.
        public var optionalArtifacts: [String]?
        /// Kinds of artifacts that must exist before where a boot loader is installed.
        public var bootArtifacts: [String]?
        /// Words of `SplitArtifacts=` for which the format itself makes further outputs: `partitions`.
        public var splits: [String]?
        /// For which firmware, `uefi` or `bios`, a boot loader is installed in the tree before; nil: for none.
        public var firmware: [String]?
        /// Formats whose outputs are made before, from the same tree, and that `assemble` gets as `inputs`.
        public var from: [String]?
        /// The purposes of the result: `container`, `vm`, `extension`, `chroot`, `boot`, `tree`.
        public var uses: [String]?
        /// True if a root file system is made at all; `none` makes nothing of it.
        ///
        /// Default: true.
        public var needsTree: Bool?
        /// The installed format with the highest number is the default.
        ///
        /// Default: 0.
        public var preference: Int?
        public var tools: [Tool]?

        public init(name: String) {
            self.name = name
        }
    }
}

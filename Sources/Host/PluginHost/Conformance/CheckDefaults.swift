import ByteKeys
import Glibc
import JSON
import PluginWire
import Support
import System

/// The members of requests that the conformance suite fills in where an author has left them out.
struct CheckDefaults {
    let plugin: InstalledPlugin
    let workspace: CheckWorkspace

    /// Adds what every request of its kind has.
    func complete(_ parameters: JSON, for method: String) -> JSON {
        guard var members = parameters.object else { return parameters }
        if method == ABI.V1.Assemble.method {
            members = Self.members(assemble(format: members["format"]?.string)).merging(members) { $1 }
        } else if method == ABI.V1.MakeArtifact.method {
            members = Self.members(artifact(kind: members["kind"]?.string)).merging(members) { $1 }
        } else if method == ABI.V1.InstallBootloader.method {
            members = Self.members(bootloader(name: members["name"]?.string)).merging(members) { $1 }
        } else if method.hasPrefix("distribution/") {
            let given = members["context"]?.object ?? [:]
            let context = context(
                distribution: given["distribution"]?.string,
                architecture: given["architecture"]?.string
            )
            members["context"] = .object(Self.members(context).merging(given) { $1 })
        }
        return .object(members)
    }

    func assemble(format name: String? = nil) -> ABI.V1.Assemble {
        let formats = plugin.manifest.provides.formats ?? []
        let format = formats.first { $0.name == name } ?? formats.first
        var request = ABI.V1.Assemble(
            format: format?.name ?? "",
            root: format?.needsTree == false ? nil : workspace.path("root"),
            staging: workspace.path("staging"),
            outputName: "image\(format?.fileExtension ?? "")",
            baseName: "image",
            workspace: workspace.path("scratch")
        )
        request.digests = true
        return request
    }

    func artifact(kind: String? = nil) -> ABI.V1.MakeArtifact {
        let artifacts = plugin.manifest.provides.artifacts ?? []
        let artifact = artifacts.first { $0.kind == kind } ?? artifacts.first
        var request = ABI.V1.MakeArtifact(
            kind: artifact?.kind ?? "",
            root: artifact?.reads?.isEmpty == true ? nil : workspace.path("root"),
            staging: workspace.path("staging"),
            workspace: workspace.path("scratch"),
            architecture: Self.machine ?? "x86-64"
        )
        if artifact?.per == "kernel" { request.kernel = Self.kernel }
        if artifact?.per == "profile" {
            request.profile = ABI.V1.KernelProfile(
                id: "check",
                keys: ["ID": "check"],
                commandLine: [],
                signsExpectedPcr: false
            )
        }
        return request
    }

    func bootloader(name: String? = nil) -> ABI.V1.InstallBootloader {
        let bootloaders = plugin.manifest.provides.bootloaders ?? []
        let bootloader = bootloaders.first { $0.name == name } ?? bootloaders.first
        return ABI.V1.InstallBootloader(
            name: bootloader?.name ?? "",
            firmware: bootloader?.firmware.first ?? "uefi",
            root: workspace.path("root"),
            kernels: [Self.kernel],
            workspace: workspace.path("scratch"),
            architecture: Self.machine ?? "x86-64"
        )
    }

    /// The kernel that requests are about; `check.json` may put its files in the tree.
    private static let kernel = ABI.V1.Kernel(version: "6.1.0", image: "/usr/lib/modules/6.1.0/vmlinuz")

    /// The context of a distribution of the manifest, or of its first one.
    ///
    /// The architecture is that of this machine if the distribution has it, or else the first by name.
    func context(distribution name: String? = nil, architecture: String? = nil) -> ABI.V1.Context {
        let distributions = plugin.manifest.provides.distributions ?? []
        let distribution = distributions.first { $0.name == name } ?? distributions.first
        let architectures = distribution?.architectures ?? [:]
        let own = Self.machine.flatMap { architectures[$0] == nil ? nil : $0 }
        let architecture = architecture ?? own ?? architectures.keys.min() ?? "x86-64"
        var context = ABI.V1.Context(
            distribution: distribution?.name ?? "",
            release: distribution?.defaultRelease ?? distribution?.releases?.first?.name ?? "1",
            architecture: architecture,
            localArchitecture: architectures[architecture] ?? architecture,
            cache: workspace.path("cache"),
            workspace: workspace.path("scratch")
        )
        context.defaultMirror = distribution?.mirror(architecture, isSnapshot: false)
        context.keyrings = distribution.flatMap(plugin.keyrings)
        return context
    }

    /// Returns the reason why a build never asks with a context, as a sentence; nil if one may.
    func flaw(of context: JSON?) -> String? {
        guard let name = context?["distribution"]?.string, let release = context?["release"]?.string else { return nil }
        guard let description = plugin.manifest.provides.distributions?.first(where: { $0.name == name }) else {
            return "plugin.json has no distribution \(name)"
        }
        let architecture = context?["architecture"]?.string ?? ""
        if description.custom != true, description.architectures[architecture] == nil {
            return "\(name) has no architecture \(architecture)"
        }
        return description.has(release: release) ? nil : "\(name) has no release \(release)"
    }

    private static func members(_ value: some Encodable) -> ByteDictionary<JSON> {
        (try? JSONText.untyped(value))?.object ?? [:]
    }

    /// The host's name for its own architecture, of those that need no more than a look at uname(2).
    static var machine: String? {
        var name = utsname()
        guard uname(&name) == 0 else { return nil }
        let machine = withUnsafeBytes(of: &name.machine) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        let names = ["aarch64": "arm64", "ppc64le": "ppc64-le"]
        return names[machine] ?? machine.replacing("_", with: "-")
    }
}

import ByteKeys
import Glibc
import JSON
import PluginWire
import Support
import System

// The defaults that depend on other settings, the host and the plugins.
extension Resolver {
    /// Returns the present value of a rule.
    func computed(_ rule: ComputedDefault) -> Value {
        switch rule {
        case .hostDistribution: optional(standardDistribution?.name)
        case .release: .text(standardRelease(of: distribution) ?? "")
        case .hostArchitecture: .text(host.architecture)
        case .repositoryKeyFetch: .bool(fetchesKeys)
        case .format: optional(catalogue.standardFormat?.name)
        case .bootloader: .text(catalogue.preferredBootloader(for: "uefi") ?? "none")
        case .outputName: .text(outputName)
        case .outputExtension: .text(outputExtension)
        case .compression: .text(standardCompression)
        case .checksum: value(of: .sign)
        case .sourceDateEpoch: sourceDateEpoch
        case .randomUUID: .text(host.randomUUID)
        case .initrds: .list(wantsInitrd ? [ImageConfiguration.defaultWord] : [])
        case .buildSources: .trees([Tree(source: host.currentDirectory)])
        case .proxyURL: optional(environment("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"))
        case .proxyExclude: environment("no_proxy", "NO_PROXY").map { .list(Self.commaList($0)) } ?? .unset
        case .proxyPeerCertificate: optional(Self.certificateFiles.first(where: Files.exists))
        case .proxyClientKey: value(of: .proxyClientCertificate)
        case .toolsTreeDistribution: optional(toolsDistribution)
        case .toolsTreeRelease: optional(toolsTreeRelease)
        case .toolsTreeMirror: toolsTreeMirror
        case .machineName: .text(Paths.name(host.currentDirectory))
        }
    }

    private func optional(_ text: String?) -> Value { text.map(Value.text) ?? .unset }

    /// The first variable that says something: in `Environment=`, else in the caller's environment.
    private func environment(_ names: String...) -> String? {
        var places = [ByteDictionary(host.environment)]
        if case .dictionary(let own) = value(of: .environment) { places.insert(own, at: 0) }
        return places.lazy.flatMap { place in names.lazy.compactMap { place[$0] } }.first { !$0.isEmpty }
    }

    private static func commaList(_ text: String) -> [String] {
        text.utf8.split(separator: UInt8(ascii: ",")).map { Substring($0).trimmed }.filter { !$0.isEmpty }
    }

    private static let certificateFiles = [
        "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/certs/ca-certificates.crt",
    ]
}

extension Resolver {
    /// The host's own distribution, or else the one without a package manager.
    private var standardDistribution: ABI.V1.DistributionDescription? {
        catalogue.distribution(of: host.osRelease)
            ?? catalogue.distributions.first { $0.description.custom == true }?.description
    }

    /// The host's release when it is the same distribution, else the one that the plugin proposes.
    private func standardRelease(of distribution: ABI.V1.DistributionDescription?) -> String? {
        guard let distribution else { return nil }
        let proposal = distribution.defaultRelease ?? distribution.releases?.first?.name
        guard distribution.custom != true, distribution.osRelease?.contains(host.osRelease.id) == true else {
            return proposal
        }
        if let named = distribution.releases?.first(where: { $0.osRelease?.contains(host.osRelease.id) == true }) {
            return named.name
        }
        let own = [host.osRelease.codename, host.osRelease.version].compactMap { $0 }
        for release in distribution.releases ?? [] {
            if own.contains(where: { $0 == release.name || release.aliases?.contains($0) == true }) {
                return release.name
            }
        }
        // A release that the plugin has not heard of is passed on only where it accepts any.
        let isOpen = distribution.anyRelease != false
        return isOpen ? distribution.usesCodenames ? own.first ?? proposal : own.last ?? proposal : proposal
    }

    /// The image's own name, or the identifier of all images; with the version behind it.
    private var outputName: String {
        var name = "image"
        if imageName != ImageConfiguration.mainName {
            name = imageName
        } else if let identifier = value(of: .imageID).text, !identifier.isEmpty {
            name = identifier
        }
        guard let version = value(of: .imageVersion).text, !version.isEmpty else { return name }
        return "\(name)_\(version)"
    }

    private var outputExtension: String {
        let suffix = format?.fileExtension ?? ""
        return suffix.hasPrefix(".") ? String(suffix.dropFirst()) : suffix
    }

    /// The compression of the format; if that is the usual one, the release may have another.
    private var standardCompression: String {
        switch format?.compression {
        case nil, "none", "optional": "none"
        case "zstd": release?.compression ?? "zstd"
        case .some(let name): name
        }
    }

    /// The configured release, as the plugin describes it.
    private var release: ABI.V1.Release? {
        guard let name = value(of: .release).text else { return nil }
        return distribution?.releases?.first { $0.name == name || $0.aliases?.contains(name) == true }
    }

    private var sourceDateEpoch: Value {
        guard let number = epochText.flatMap({ Int($0) }), number >= 0 else { return .unset }
        return .integer(number)
    }

    /// The value of the variable: that of the image, or else the caller's.
    private var epochText: String? {
        if case .dictionary(let variables) = value(of: .environment), let own = variables["SOURCE_DATE_EPOCH"] {
            return own
        }
        return fileVariables["SOURCE_DATE_EPOCH"] ?? host.environment["SOURCE_DATE_EPOCH"]
    }

    /// Refuses a variable that is no time, where the time comes from it.
    func checkEpoch() throws(Failure) {
        guard let row = registry.setting(.sourceDateEpoch), value(of: row) == .unset,
            let text = epochText, !text.isEmpty
        else { return }
        throw Failure(
            .configuration,
            "SOURCE_DATE_EPOCH in the environment needs a whole number of seconds, not \"\(text)\"",
            hint: "It cannot be negative; unset it, or set SourceDateEpoch="
        )
    }

    /// The distribution that the default tools tree has on this host.
    private var toolsDistribution: String? {
        let host = standardDistribution
        return host?.toolsDistribution.flatMap(catalogue.distribution)?.name ?? host?.name
    }

    /// True if the tools of the build come from a distribution that lacks the keys of the image's.
    private var fetchesKeys: Bool {
        guard let lacking = distribution?.keysMissingOn else { return false }
        let tools: ABI.V1.DistributionDescription?
        switch value(of: .toolsTree).text {
        case nil, "no": tools = catalogue.distribution(of: host.osRelease)
        case "yes", "default": tools = value(of: .toolsTreeDistribution).text.flatMap(catalogue.distribution)
        case .some(let path): tools = OSRelease(tree: path).flatMap(catalogue.distribution)
        }
        return tools.map { lacking.contains($0.name) } ?? false
    }

    /// Returns whether the image is bootable: it is configured so, or its format supports it and it contains a kernel.
    private var wantsInitrd: Bool {
        // What is nothing but a kernel with its boot loader takes the initrds that it is given.
        if format?.kernel == "always" { return false }
        switch Feature(value(of: .bootable)) {
        case .disabled: return false
        case .enabled: return true
        case .auto: break
        }
        guard let format, format.kernel != "asked", value(of: .overlay) != .bool(true) else { return false }
        guard let patterns = distribution?.kernelPackages else { return false }
        let packages = [settingName(.packages), settingName(.volatilePackages)].flatMap { value(named: $0).list ?? [] }
        return packages.contains { package in patterns.contains { Glob.matches(package, $0) } }
    }

    private var toolsTreeRelease: String? {
        let name = value(of: .toolsTreeDistribution).text
        guard let description = name.flatMap(catalogue.distribution) else { return nil }
        return description.defaultRelease ?? description.releases?.first?.name
    }

    private var toolsTreeMirror: Value {
        let isSame = value(of: .toolsTreeDistribution) == value(of: .distribution)
        return isSame ? value(of: .mirror) : .unset
    }
}

extension ABI.V1.DistributionDescription {
    /// True if releases are called by words rather than by numbers.
    fileprivate var usesCodenames: Bool {
        guard let name = defaultRelease ?? releases?.first?.name else { return false }
        return name.first?.isNumber == false
    }
}

import ByteKeys
import DistributionKit
import JSON
import PluginKit
import PluginWire

/// The repositories that a build uses.
enum Repositories {
    /// The list in the sandbox, one URL a line, as apk reads it.
    static let path = "/etc/apk/repositories"
    /// The directory of its public keys.
    static let keys = "/etc/apk/keys"
    /// The file of each repository that lists its packages.
    static let indexName = "APKINDEX.tar.gz"

    /// The URLs of repositories, without the directory of the architecture.
    ///
    /// The manifest has them by release in the member `repositories`, and by name in `furtherRepositories`.
    static func urls(_ context: ABI.V1.Context, host: Host) throws -> [String] {
        if let local = context.settings?["LocalMirror"]?.string, !local.isEmpty { return [FileURL.withoutSlash(local)] }
        if let snapshot = context.snapshot, !snapshot.isEmpty {
            throw ErrorObject(
                code: .unsupported,
                message: "\(context.distribution) has no snapshots",
                hint: "Remove Snapshot=",
                subject: "Snapshot="
            )
        }
        let all = try DistributionManifest.member("repositories", host: host, context: context)
        let further = try DistributionManifest.member("furtherRepositories", host: host, context: context)
        return try urls(context, all, further)
    }

    static func urls(_ context: ABI.V1.Context, _ all: JSON?, _ further: JSON?) throws(ErrorObject) -> [String] {
        guard let templates = (all?[context.release] ?? all?["*"])?.array?.compactMap(\.string), !templates.isEmpty
        else {
            throw ErrorObject(
                code: .notFound,
                message: "\(context.distribution) has no release \(context.release)",
                hint: "Check Release=, or the member \"repositories\" of the distribution's plugin.json",
                subject: context.release
            )
        }
        var urls = templates
        for name in context.repositories ?? [] {
            if let more = further?[name]?.array?.compactMap(\.string) {
                urls += more
            } else if name.utf8.contains(UInt8(ascii: "/")) {
                urls.append(name)
            } else {
                throw ErrorObject(
                    code: .notFound,
                    message: "\(context.distribution) has no repository \(name)",
                    hint: "Check Repositories=",
                    subject: name
                )
            }
        }
        let mirror = FileURL.withoutSlash(context.mirror ?? context.defaultMirror ?? "")
        return urls.map { template in
            FileURL.withoutSlash(
                template.replacing("$mirror", with: mirror).replacing("$release", with: context.release)
            )
        }
    }
}

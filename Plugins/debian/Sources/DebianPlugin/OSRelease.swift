import DistributionKit
import PluginKit
import PluginWire

/// Corrects the release in os-release(5) if its package cannot know it.
///
/// Debian's unstable and testing have the same `base-files`, which names the next stable release.
enum OSRelease {
    static let path = "/usr/lib/os-release"

    /// Returns the codename for the file; nil to keep that of its package.
    static func codename(_ context: ABI.V1.Context) -> String? {
        context.distribution == "debian" && ["sid", "unstable"].contains(context.release) ? "sid" : nil
    }

    /// Changes the file in the tree, which is the root directory now, and diverts that of the package so that an
    /// upgrade
    /// leaves the change alone.
    static func rename(
        to codename: String,
        _ packages: [BinaryPackage],
        _ environment: [String: String],
        _ channel: ToolChannel
    ) throws(ErrorObject) {
        guard packages.contains(where: { $0.name == "base-files" }), let text = SystemFile.text(path) else { return }
        let changed = Self.text(text, naming: codename)
        if changed == text { return }
        let arguments = ["dpkg-divert", "--local", "--rename", "--divert", path + ".dpkg", "--add", path]
        channel.command(arguments)
        var output: [String] = []
        let command = ChildCommand(arguments: arguments, environment: environment, onLine: { output.append($0) })
        guard try command.run() == 0 else {
            throw ErrorObject(
                code: .commandFailed,
                message: "dpkg-divert could not divert \(path)",
                subject: path,
                output: output.joined(separator: "\n")
            )
        }
        try SystemFile.write(path, Array(changed.utf8))
    }

    /// The text with another code name, also in the display name.
    static func text(_ text: String, naming codename: String) -> String {
        let lines = Text.fields(text, "\n")
        let old = lines.first { $0.hasPrefix("VERSION_CODENAME=") }?.dropFirst("VERSION_CODENAME=".count)
        return lines.map { line in
            if line.hasPrefix("VERSION_CODENAME=") { return "VERSION_CODENAME=\(codename)" }
            guard let old, line.hasPrefix("PRETTY_NAME=") else { return String(line) }
            return String(line.replacing("\(old)/\(codename)", with: codename))
        }.joined(separator: "\n")
    }
}

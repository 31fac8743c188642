import Support
import System

/// The images of the generations that called them presets: `mkosi.presets/`.
struct LegacyImages {
    static let directoryName = "mkosi.presets"

    /// True if the directory is read; where a project has images of today it is not.
    let isRead: Bool
    let directory: String

    /// The directory in a project's directory; nil when there is none.
    init?(in project: String) {
        directory = Paths.join(project, Self.directoryName)
        guard Files.isDirectory(directory) else { return nil }
        isRead = !Files.isDirectory(Paths.join(project, SubimageDirectory.name))
    }

    /// The name of an image: a number in front of it only said when it is built.
    static func image(named entry: String) -> String {
        let digits = entry.utf8.prefix { (48...57).contains($0) }
        guard !digits.isEmpty, entry.utf8.dropFirst(digits.count).first == UInt8(ascii: "-") else { return entry }
        let name = String(decoding: entry.utf8.dropFirst(digits.count + 1), as: UTF8.self)
        return name.isEmpty ? entry : name
    }

    var warning: Warning {
        guard isRead else {
            return Warning(
                message: "\(directory) is ignored, because there is a \(SubimageDirectory.name)",
                excerpt: []
            )
        }
        return Warning(
            message: "\(directory) is now called \(SubimageDirectory.name)",
            hint:
                "The project itself is an image too, built last, and the others inherit only settings that apply to all images",
            excerpt: []
        )
    }
}

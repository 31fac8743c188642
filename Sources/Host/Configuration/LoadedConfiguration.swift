import ByteKeys
public import JSON
import PluginWire
import Support
import System

/// A project's configuration, with what was odd about it and which files were read.
public struct LoadedConfiguration: Sendable {
    /// In the order in which they are built: every image behind those that it needs, the main image last.
    public var images: [ImageConfiguration]
    /// The default tools tree, when the main image wants it; it is built before all images.
    public var tools: ImageConfiguration?
    public var warnings: [Warning]
    /// In the order of reading, for each image on its own.
    public var files: [LoadedFile]
    /// Files that do not count, and why.
    public var skipped: [SkippedFile] = []

    /// The image of this name; `tools` is the default tools tree.
    public func image(named name: String) -> ImageConfiguration? {
        images.last { $0.name.hasSameBytes(as: name) } ?? (name == ImageConfiguration.toolsName ? tools : nil)
    }

    /// The default initrd, for an image that boots with it.
    public func initrd(for image: ImageConfiguration) -> ImageConfiguration? {
        image.wantsDefaultInitrd ? images.first { $0.name == ImageConfiguration.initrdName } : nil
    }

    /// The object that `summary --json` prints.
    ///
    /// The member `PluginSettings` is only there where a setting of a plugin has a value: an object for each such
    /// image.
    public var json: JSON {
        var members: ByteDictionary<JSON> = ["Images": .array(images.map(\.json)), "Tools": tools?.json ?? .null]
        var added: ByteDictionary<JSON> = [:]
        for image in images + (tools.map { [$0] } ?? []) {
            let settings = image.pluginSettings
            if !settings.isEmpty { added[image.name] = .object(settings) }
        }
        if !added.isEmpty { members["PluginSettings"] = .object(added) }
        return .object(members)
    }
}

extension ImageConfiguration {
    /// Replaces the words that request images of mkosi's own by their paths, and `no` by nothing.
    mutating func settle(initrd: ImageConfiguration?, tools: ImageConfiguration?) {
        if wantsDefaultInitrd, let path = initrd?.outputPath, let row = registry.setting(.initrds) {
            let paths = value(named: row.name).list ?? []
            set(row, .list(paths.map { $0 == Self.defaultWord ? path : $0 }))
        }
        if wantsDefaultTools, let path = tools?.outputPath, let row = registry.setting(.toolsTree) {
            set(row, .text(path))
        }
        if value(of: .toolsTree) == .text("no"), let row = registry.setting(.toolsTree) { set(row, .unset) }
    }

    /// The path of the output, under the name without extensions.
    private var outputPath: String { Paths.join(outputDirectory, self[.output]) }
}

public import PluginWire

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
        images.last { $0.name == name } ?? (name == ImageConfiguration.toolsName ? tools : nil)
    }

    /// The default initrd, for an image that boots with it.
    public func initrd(for image: ImageConfiguration) -> ImageConfiguration? {
        image.wantsDefaultInitrd ? images.first { $0.name == ImageConfiguration.initrdName } : nil
    }

    /// What `summary --json` prints.
    public var json: JSON {
        .object(["Images": .array(images.map(\.json)), "Tools": tools?.json ?? .null])
    }
}

extension ImageConfiguration {
    /// Whether one of its initrds is the one that mkosi builds by itself.
    public var wantsDefaultInitrd: Bool { self[Setting<[String]>("Initrds")].contains("default") }

    /// Whether its tools come from the tree that mkosi builds by itself.
    public var wantsDefaultTools: Bool { ["default", "yes"].contains(value(named: "ToolsTree").text) }
}

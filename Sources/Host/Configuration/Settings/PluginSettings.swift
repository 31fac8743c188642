/// Settings of plugins that the host understands as well: those of older generations.
extension Setting where Content == String {
    /// `yes`, `no` or `conditional`.
    public static var basePackages: Self { Self(ofPlugin: "BasePackages") }
    public static var compressFs: Self { Self(ofPlugin: "CompressFs") }
    public static var sourceFileTransfer: Self { Self(ofPlugin: "SourceFileTransfer") }
}

extension Setting where Content == String? {
    public static var encrypt: Self { Self(ofPlugin: "Encrypt") }
    public static var mksquashfs: Self { Self(ofPlugin: "Mksquashfs") }
}

extension Setting where Content == Bool {
    public static var scriptsInImage: Self { Self(ofPlugin: "ScriptsInImage") }
}

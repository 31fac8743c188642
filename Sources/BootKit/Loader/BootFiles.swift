/// A kernel and its initrds in the boot partition, where boot loaders start them as they are.
///
/// The directories are those of kernel-install(8): one for each system, and in it one for each kernel.
public struct BootFiles: Sendable {
    /// Paths in the boot partition.
    public let kernel: String
    public let initrds: [String]

    /// Copies the files.
    ///
    /// - Parameters:
    ///   - image: The kernel.
    ///   - archives: Its initrds, in the order in which they are unpacked.
    ///   - token: What entries of the system begin with.
    ///   - version: The kernel's release.
    ///   - boot: The tree.
    public init(
        _ image: String,
        _ archives: [String],
        token: String,
        version: String,
        in boot: inout BootDirectory
    ) throws(BootError) {
        let directory = "/\(token)/\(version)"
        kernel = "\(directory)/linux"
        try boot.copy(image, to: "/boot\(kernel)")
        var initrds: [String] = []
        for (index, archive) in archives.enumerated() {
            let path = "\(directory)/initrd-\(index)"
            try boot.copy(archive, to: "/boot\(path)")
            initrds.append(path)
        }
        self.initrds = initrds
    }
}

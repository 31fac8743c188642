/// A kernel and its initrds in the boot partition, where boot loaders start them as they are.
///
/// The directories are those of kernel-install(8): one for each system, and in it one for each kernel.
public struct BootFiles: Sendable {
    /// Paths in the boot partition.
    public let kernel: String
    public let initrds: [String]
    public let deviceTree: String?

    /// Copies the files.
    ///
    /// - Parameters:
    ///   - image: The kernel.
    ///   - archives: Its initrds, in the order in which they are unpacked.
    ///   - deviceTrees: What `Devicetrees=` chooses: one file, or none.
    ///   - token: What entries of the system begin with.
    ///   - version: The kernel's release.
    ///   - boot: The tree.
    /// - Throws: `input` for several device trees, and `system` for what cannot be written.
    public init(
        _ image: String,
        _ archives: [String],
        deviceTrees: [String],
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
        guard let tree = deviceTrees.first else {
            deviceTree = nil
            return
        }
        guard deviceTrees.count == 1 else {
            throw BootError(
                .input,
                "Devicetrees= fits \(deviceTrees.count) files of \(version), and an entry of a boot loader has one",
                hint: "Name one, or use unified kernel images, which choose among several"
            )
        }
        let path = "\(directory)/\(tree.split(separator: "/").last ?? "devicetree")"
        try boot.copy(tree, to: "/boot\(path)")
        deviceTree = path
    }
}

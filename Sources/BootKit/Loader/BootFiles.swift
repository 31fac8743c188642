internal import System

/// A kernel and its initrds in the boot partition, where boot loaders start them as they are.
///
/// A system has a directory, and in it each kernel has one. Archives that several kernels have are there once.
public struct BootFiles: Sendable {
    /// Paths in the boot partition.
    public let kernel: String
    public let initrds: [String]
    public let deviceTree: String?
    /// The name of the archive with a kernel's modules, which no two kernels share.
    public static let modulesName = "kernel-modules.initrd"
    private let token: String
    private let version: String

    /// Copies the files.
    ///
    /// - Parameters:
    ///   - image: The kernel.
    ///   - archives: Its initrds, in the order in which they are unpacked.
    ///   - deviceTrees: What `Devicetrees=` chooses: one file, or none.
    ///   - token: What entries of the system begin with.
    ///   - version: The kernel's release.
    ///   - keepsKernel: True if a kernel that is there stays: another boot loader may have signed it.
    ///   - boot: The tree.
    /// - Throws: `input` for several device trees, and `system` for what cannot be written.
    public init(
        _ image: String,
        _ archives: [String],
        deviceTrees: [String],
        token: String,
        version: String,
        keepsKernel: Bool = false,
        in boot: inout BootDirectory
    ) throws(BootError) {
        self.token = token
        self.version = version
        let directory = "/\(token)/\(version)"
        kernel = "\(directory)/vmlinuz"
        if !(keepsKernel && boot.has("/boot\(kernel)")) { try boot.copy(image, to: "/boot\(kernel)") }
        var initrds: [String] = []
        for archive in archives {
            let name = Paths.name(archive)
            var path = "/\(token)/\(name)"
            if name == Self.modulesName
                || boot.has("/boot\(path)") && !boot.has("/boot\(path)", sameAs: archive)
            {
                path = "\(directory)/\(name)"
            }
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
        let path = "\(directory)/\(Paths.name(tree))"
        try boot.copy(tree, to: "/boot\(path)")
        deviceTree = path
    }

    /// Writes an entry for them (Boot Loader Specification, type 1).
    ///
    /// - Parameters:
    ///   - commandLine: The words of the kernel's command line.
    ///   - boot: The tree.
    /// - Throws: `system` if it cannot be written.
    public func writeEntry(commandLine: [String], in boot: inout BootDirectory) throws(BootError) {
        let identity = SystemIdentity(root: boot.root)?.values ?? [:]
        var lines = ["title \(token) \(version)", "version \(version)"]
        if let order = identity["IMAGE_ID"] ?? identity["ID"] { lines.append("sort-key \(order)") }
        lines.append("linux \(kernel)")
        if !commandLine.isEmpty { lines.append("options \(commandLine.joined(separator: " "))") }
        lines += initrds.map { "initrd \($0)" }
        if let deviceTree { lines.append("devicetree \(deviceTree)") }
        let text = lines.map { "\($0)\n" }.joined()
        try boot.write(text, to: "/boot/loader/entries/\(token)-\(version).conf")
    }
}

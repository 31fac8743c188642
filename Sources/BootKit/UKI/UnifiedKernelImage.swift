internal import System

/// A kernel with all that it starts with, in one EFI program (UAPI specification, Unified Kernel Image).
///
/// The sections are those of ukify(1) in their order, so that both make the same of the same parts.
public struct UnifiedKernelImage: Sendable {
    /// The EFI stub that starts the kernel.
    public var stub: String
    /// The kernel's image; nil for an addon.
    public var kernel: String?
    /// Archives that the kernel unpacks, in this order.
    public var initrds: [String] = []
    /// Archives with microcode for processors.
    public var microcode: [String] = []
    public var osRelease: [UInt8]?
    public var commandLine: String?
    /// The release of the kernel.
    public var release: String?
    /// A bitmap that is shown while the system starts.
    public var splash: [UInt8]?
    public var deviceTree: [UInt8]?
    /// Device trees of which the stub chooses the one that fits the machine.
    public var automaticDeviceTrees: [[UInt8]] = []
    /// The table by which it chooses.
    public var hardwareIDs: [UInt8]?
    /// The public key, in PEM, of the signatures of expected PCR values.
    public var pcrPublicKey: [UInt8]?
    /// Signatures of expected PCR values, as JSON.
    public var pcrSignature: [UInt8]?
    public var profiles: [Profile] = []

    /// Another way to start the same kernel.
    public struct Profile: Sendable {
        /// Lines `KEY=value`, `ID` among them.
        public var text: String
        /// The whole command line; nil: that of the image.
        public var commandLine: String?
        /// Signatures of expected PCR values, as JSON; nil: those of the image.
        public var pcrSignature: [UInt8]?

        public init(text: String, commandLine: String?, pcrSignature: [UInt8]? = nil) {
            self.text = text
            self.commandLine = commandLine
            self.pcrSignature = pcrSignature
        }
    }

    public init(stub: String) { self.stub = stub }

    /// Writes the image; the same parts give the same bytes.
    public func write(to path: String) throws(BootError) {
        var assembly = try PEAssembly(Self.read(stub), name: stub)
        let own = assembly.content(of: RevocationTable.section) ?? []
        let kernelTable = try kernel.map(Self.revocationTable) ?? []
        let table = RevocationTable.merged(
            [own, kernelTable].filter { !$0.isEmpty } + [
                kernel == nil ? RevocationTable.addon : RevocationTable.unified
            ]
        )
        // The stubs of addons have none, and get it behind everything else.
        let isLast = kernel == nil && own.isEmpty
        if !isLast { assembly.replace(RevocationTable.section, table) }
        func add(_ name: String, _ bytes: [UInt8]?) {
            if let bytes { assembly.append(name, .bytes(bytes)) }
        }
        add(".osrel", osRelease)
        add(".cmdline", commandLine.map { Array($0.utf8) })
        add(".dtb", deviceTree)
        for tree in automaticDeviceTrees { add(".dtbauto", tree) }
        add(".hwids", hardwareIDs)
        add(".uname", release.map { Array($0.utf8) })
        add(".splash", splash)
        add(".pcrpkey", pcrPublicKey)
        if let kernel { assembly.append(".linux", .file(kernel), isCode: true) }
        if !initrds.isEmpty { assembly.append(".initrd", .files(initrds)) }
        // Only archives that follow another one have to begin at a multiple of four.
        if microcode.count == 1 { assembly.append(".ucode", .file(microcode[0])) }
        if microcode.count > 1 { assembly.append(".ucode", .files(microcode)) }
        add(".pcrsig", pcrSignature)
        if isLast { add(RevocationTable.section, table) }
        // What precedes the first profile is common to all of them, so the image as it is needs one of its own.
        if !profiles.isEmpty { add(".profile", Array("ID=main\n".utf8)) }
        for profile in profiles {
            add(".profile", Array(profile.text.utf8))
            add(".cmdline", profile.commandLine.map { Array($0.utf8) })
            add(".pcrsig", profile.pcrSignature)
        }
        try assembly.write(to: path)
    }

    static func read(_ path: String) throws(BootError) -> [UInt8] {
        do throws(SystemCallError) {
            return try Files.read(path)
        } catch {
            throw BootError(.system, "Cannot read \(path): \(error.reason)")
        }
    }

    /// The table of the kernel, whose image is an EFI program itself where it can be started by firmware.
    private static func revocationTable(of kernel: String) throws(BootError) -> [UInt8] {
        let file = try PEFile(path: kernel)
        guard let section = file.section(named: RevocationTable.section) else { return [] }
        return try section.bytes(of: kernel, limit: 1 << 16)
    }
}

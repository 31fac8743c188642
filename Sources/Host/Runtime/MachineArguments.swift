/// The command line of QEMU for a machine: a value, made from values.
public struct MachineArguments: Sendable {
    /// The names of the machine and of its devices on an architecture.
    public struct Model: Sendable, Equatable {
        /// As QEMU names the architecture: `x86_64`.
        public var architecture: String
        public var machine: String
        /// The processor that is emulated where the host's own is not used.
        public var processor: String
        /// The kernel's name of the first serial line.
        public var console: String

        /// Nil for an architecture for which no machine is known.
        public init?(architecture: String) {
            switch architecture {
            // The oldest processor with all that distributions need is the fastest to emulate.
            case "x86-64": self.init("x86_64", "q35", "Nehalem", "ttyS0")
            case "x86": self.init("i386", "q35", "qemu32", "ttyS0")
            case "arm64": self.init("aarch64", "virt", "cortex-a57", "ttyAMA0")
            case "riscv64": self.init("riscv64", "virt", "rv64", "ttyS0")
            default: return nil
            }
        }

        private init(_ architecture: String, _ machine: String, _ processor: String, _ console: String) {
            self.architecture = architecture
            self.machine = machine
            self.processor = processor
            self.console = console
        }

        public var program: String { "qemu-system-\(architecture)" }
        var isX86: Bool { machine == "q35" }
    }

    public var model: Model
    public var memory: Int
    public var maximalMemory: Int?
    public var processors: Int
    public var isAccelerated: Bool
    public var source: BootSource
    /// The path at which QEMU finds the output that the machine starts from.
    public var image: String
    /// The kernel for a start without firmware, or with firmware that gets it from QEMU.
    public var kernel: String?
    public var initrd: String?
    public var commandLine: [String] = []
    public var firmware: MachineFirmware?
    /// The machine's own copy of the variables.
    public var variables: String?
    public var isTemporary = false
    public var diskType = "virtio-blk"
    public var isRemovable = false
    public var sectorSize: Int?
    public var console = "native"
    public var hasNetwork = true
    /// A port of this host that leads to the machine's SSH server.
    public var sshPort: Int?
    /// Directories of the host that the machine can mount, by their tags.
    public var shares: [(tag: String, path: String)] = []
    /// True if owners, modes and kinds of files that the machine makes there are written down in attributes only.
    ///
    /// The machine's root could leave programs with root's rights and device nodes for other users of the host if QEMU
    /// runs as root.
    public var mapsOwners = false
    /// The socket of a software TPM.
    public var tpmSocket: String?
    /// Files with strings for the table of the firmware (SMBIOS type 11).
    public var stringFiles: [String] = []
    public var extra: [String] = []

    public init(
        model: Model,
        memory: Int,
        processors: Int,
        isAccelerated: Bool,
        source: BootSource,
        image: String
    ) {
        self.model = model
        self.memory = memory
        self.processors = processors
        self.isAccelerated = isAccelerated
        self.source = source
        self.image = image
    }

    /// The device that ends QEMU with a status that a program of the guest chooses.
    static let exitPort = "isa-debug-exit,iobase=0xf4,iosize=0x04"

    public var words: [String] {
        var words: [String] = []
        let mode = firmware?.needsManagementMode == true ? ",smm=on" : ""
        // Without hardware each processor has a thread, and blocks of translated code are not thrown away so often.
        let accelerator = isAccelerated ? "kvm" : "tcg,thread=multi,tb-size=1024"
        words += ["-machine", "\(model.machine)\(mode)", "-accel", accelerator]
        words += ["-cpu", isAccelerated ? "host" : model.processor]
        let slots = maximalMemory.flatMap { $0 > memory ? ",slots=1,maxmem=\($0 >> 10)K" : nil } ?? ""
        words += ["-m", "\(memory >> 10)K\(slots)", "-smp", String(processors), "-nodefaults"]
        words += ["-object", "rng-random,filename=/dev/urandom,id=rng0", "-device", "virtio-rng-pci,rng=rng0"]
        words += firmwareWords + kernelWords + diskWords + consoleWords
        let forwarding = sshPort.map { ",hostfwd=tcp:127.0.0.1:\($0)-:22" } ?? ""
        words += ["-nic", hasNetwork ? "user,model=virtio-net-pci\(forwarding)" : "none"]
        for share in shares {
            let security = "security_model=\(mapsOwners ? "mapped-xattr" : "none")"
            words += ["-fsdev", "local,id=\(share.tag),path=\(Self.escaped(share.path)),\(security)"]
            words += ["-device", "virtio-9p-pci,fsdev=\(share.tag),mount_tag=\(share.tag)"]
        }
        if let tpmSocket {
            words += [
                "-chardev", "socket,id=tpm,path=\(Self.escaped(tpmSocket))", "-tpmdev", "emulator,id=tpm0,chardev=tpm",
            ]
            words += ["-device", model.isX86 ? "tpm-tis,tpmdev=tpm0" : "tpm-tis-device,tpmdev=tpm0"]
        }
        for file in stringFiles { words += ["-smbios", "type=11,path=\(Self.escaped(file))"] }
        if model.isX86 { words += ["-device", Self.exitPort] }
        return words + extra
    }

    private var firmwareWords: [String] {
        guard let firmware, let variables else { return [] }
        var words = [
            "-drive", "if=pflash,unit=0,format=raw,readonly=on,file=\(Self.escaped(firmware.code))",
            "-drive", "if=pflash,unit=1,format=raw,file=\(Self.escaped(variables))",
        ]
        if firmware.needsManagementMode {
            words += ["-global", "driver=cfi.pflash01,property=secure,value=on"]
            words += ["-global", "ICH9-LPC.disable_s3=1"]
        }
        return words
    }

    private var kernelWords: [String] {
        guard let kernel else { return [] }
        var words = ["-kernel", kernel]
        if let initrd { words += ["-initrd", initrd] }
        if !commandLine.isEmpty { words += ["-append", commandLine.joined(separator: " ")] }
        return words
    }

    private var diskWords: [String] {
        guard source == .disk else { return [] }
        let snapshot = isTemporary ? ",snapshot=on" : ""
        var words = ["-drive", "if=none,id=image,format=raw,discard=on\(snapshot),file=\(Self.escaped(image))"]
        let sector = sectorSize.map { ",logical_block_size=\($0),physical_block_size=\($0)" } ?? ""
        let isSCSI = isRemovable || diskType == "virtio-scsi" || diskType == "scsi-cd"
        if isSCSI { words += ["-device", "virtio-scsi-pci,id=scsi"] }
        let device: String
        switch diskType {
        case "scsi-cd": device = "scsi-cd,drive=image,bootindex=1"
        case _ where isSCSI: device = "scsi-hd,drive=image,bootindex=1,removable=\(isRemovable ? "on" : "off")\(sector)"
        case "nvme": device = "nvme,drive=image,serial=image,bootindex=1\(sector)"
        default: device = "virtio-blk-pci,drive=image,bootindex=1\(sector)"
        }
        return words + ["-device", device]
    }

    private var consoleWords: [String] {
        switch console {
        case "gui": ["-vga", "virtio", "-serial", "null"]
        case "headless": ["-display", "none", "-serial", "null"]
        case "read-only":
            ["-display", "none", "-chardev", "file,id=console,path=/dev/stdout", "-serial", "chardev:console"]
        // Ctrl-C ends the machine: QEMU leaves the terminal as it was.
        case "interactive": ["-display", "none", "-chardev", "stdio,id=console", "-serial", "chardev:console"]
        default:
            [
                "-display", "none", "-chardev", "stdio,id=console,mux=on", "-serial", "chardev:console", "-mon",
                "chardev=console",
            ]
        }
    }

    /// A comma ends a value of QEMU's, and two of them are one.
    static func escaped(_ path: String) -> String {
        let parts = path.utf8.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
        return parts.map { String(Substring($0)) }.joined(separator: ",,")
    }
}

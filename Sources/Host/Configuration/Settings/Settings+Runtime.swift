/// Settings for running the image.
extension SettingTable {
    static let runtime: [SettingDefinition] = rows(
        of: .runtime,
        [
            row(.nspawnSettings),
            row(.ephemeral),
            row(.credentials),
            row(.kernelCommandLineExtra),
            row(.runtimeTrees),
            row(.runtimeSize),
            row(.runtimeNetwork),
            row(.runtimeBuildSources),
            row(.bindUser),
            row(.sshKey),
            row(.sshCertificate),
            row(.virtualMachineMonitor),
            row(.machine),
            row(.forwardJournal),
            row(.sysupdateDirectory),
            row(.console),
            row(.cpUs),
            row(.ram),
            row(.maxMem),
            row(.kvm),
            row(.cxl),
            row(.vSock),
            row(.vSockCID),
            row(.tpm),
            row(.removable),
            row(.diskType),
            row(.firmware),
            row(.firmwareVariables),
            row(.linux),
            row(.drives),
            row(.qemuArgs),
            row(.register),
            row(.storageTargetMode),
        ]
    )
}

extension Setting where Content == String? {
    public static var nspawnSettings: Self {
        Self("NSpawnSettings") {
            Row($0, .existingPath, "Settings file for systemd-nspawn, to copy alongside the output")
                .option("--settings", nil, "PATH").scope(.main).path("mkosi.nspawn")
        }
    }

    public static var sshKey: Self {
        Self("SshKey") {
            Row($0, .path(.init(required: true, secret: true)), "Private key for SSH connections to the running system")
                .option("--ssh-key", nil, "PATH").scope(.main).path("mkosi.key")
        }
    }

    public static var sshCertificate: Self {
        Self("SshCertificate") {
            Row($0, .existingPath, "Certificate for SSH connections to the running system")
                .option("--ssh-certificate", nil, "PATH").scope(.main).path("mkosi.crt")
        }
    }

    public static var machine: Self {
        Self("Machine") {
            Row($0, .fileName, "Name of the running system")
                .option("--machine", nil, "NAME").standard(.computed(.machineName)).scope(.main)
        }
    }

    public static var forwardJournal: Self {
        Self("ForwardJournal") {
            Row($0, .anyPath, "Path to forward the running system's journal to")
                .option("--forward-journal", nil, "PATH").scope(.main)
        }
    }

    public static var sysupdateDirectory: Self {
        Self("SysupdateDirectory") {
            Row($0, .existingPath, "Directory of systemd-sysupdate transfer definitions")
                .option("--sysupdate-directory", nil, "PATH").old(options: ["--sysupdate-dir"]).scope(.main)
                .path("mkosi.sysupdate")
        }
    }

    public static var vSockCID: Self {
        Self("VSockCID") {
            Row($0, .socketID, "CID of the virtual socket")
                .option("--vsock-cid", nil, "NUMBER|auto|hash")
                .old(["QemuVsockConnectionId"], options: ["--qemu-vsock-cid"]).standard(.integer(-1)).scope(.main)
        }
    }

    public static var firmwareVariables: Self {
        Self("FirmwareVariables") {
            Row(
                $0,
                .path(.init(constants: ["custom", "microsoft", "microsoft-mok"])),
                "Firmware variables of the virtual machine"
            )
            .option("--firmware-variables", nil, "PATH")
            .old(["QemuFirmwareVariables"], options: ["--qemu-firmware-variables"]).scope(.main)
        }
    }

    public static var linux: Self {
        Self("Linux") {
            Row($0, .text, "Kernel that the virtual machine boots")
                .option("--linux", nil, "PATH").old(["QemuKernel"], options: ["--qemu-kernel"]).scope(.main)
        }
    }
}

extension Setting where Content == Bool {
    public static var ephemeral: Self {
        Self("Ephemeral") {
            Row($0, .boolean, "Run a temporary copy of the image")
                .option("--ephemeral", nil, "BOOL").scope(.main)
        }
    }

    public static var runtimeBuildSources: Self {
        Self("RuntimeBuildSources") {
            Row($0, .boolean, "Mount the build sources in the running system")
                .option("--runtime-build-sources", nil, "BOOL").scope(.main)
        }
    }

    public static var bindUser: Self {
        Self("BindUser") {
            Row($0, .boolean, "Mount the caller's home directory in the running system")
                .option("--bind-user", nil, "BOOL").scope(.main)
        }
    }

    public static var cxl: Self {
        Self("CXL") {
            Row($0, .boolean, "Add CXL devices to the virtual machine")
                .option("--cxl", nil, "BOOLEAN").scope(.main)
        }
    }

    public static var removable: Self {
        Self("Removable") {
            Row($0, .boolean, "Attach the image as a removable device")
                .option("--removable", nil, "BOOLEAN").old(["QemuRemovable"], options: ["--qemu-removable"]).scope(
                    .main
                )
        }
    }
}

extension Setting where Content == [Credential] {
    public static var credentials: Self {
        Self("Credentials") {
            Row(
                $0,
                .list(.credential, .init(delimiter: UInt8(ascii: " "), unescapes: true)),
                "Credentials for the running system"
            )
            .option("--credential", nil, "NAME=VALUE").scope(.main).path("mkosi.credentials")
        }
    }
}

extension Setting where Content == [String] {
    public static var kernelCommandLineExtra: Self {
        Self("KernelCommandLineExtra") {
            Row($0, .words(), "Extra kernel command line when running the image")
                .option("--kernel-command-line-extra", nil, "OPTIONS").scope(.main)
        }
    }

    public static var qemuArgs: Self {
        Self("QemuArgs") {
            Row($0, .words(unescapes: true), "Additional arguments for QEMU")
                .option("--qemu-args", nil, "ARGS").scope(.main)
        }
    }
}

extension Setting where Content == [Tree] {
    public static var runtimeTrees: Self {
        Self("RuntimeTrees") {
            Row($0, .list(.tree(absolute: false)), "Directories to mount in the running system")
                .option("--runtime-tree", nil, "SOURCE:[TARGET]").scope(.main)
        }
    }
}

extension Setting where Content == Int? {
    public static var runtimeSize: Self {
        Self("RuntimeSize") {
            Row($0, .size, "Size to grow the image to before running it")
                .option("--runtime-size", nil, "SIZE").scope(.main)
        }
    }

    public static var cpUs: Self {
        Self("CPUs") {
            Row($0, .integer(min: 0, max: 1 << 20), "Number of CPUs of the virtual machine")
                .option("--cpus", nil, "CPUS").old(["QemuSmp"], options: ["--qemu-smp"]).standard(.integer(1))
                .scope(.main)
        }
    }

    public static var ram: Self {
        Self("RAM") {
            Row($0, .size, "Memory of the virtual machine")
                .option("--ram", nil, "BYTES").old(["QemuMem"], options: ["--qemu-mem"]).standard(.integer(2 << 30))
                .scope(.main)
        }
    }

    public static var maxMem: Self {
        Self("MaxMem") {
            Row($0, .size, "Maximum memory of the virtual machine")
                .option("--maxmem", nil, "BYTES").scope(.main)
        }
    }
}

extension Setting where Content == String {
    public static var runtimeNetwork: Self {
        Self("RuntimeNetwork") {
            Row($0, .choice(Words.network), "Network of the running system")
                .option("--runtime-network").standard(.text("user")).scope(.main)
        }
    }

    public static var virtualMachineMonitor: Self {
        Self("VirtualMachineMonitor") {
            Row($0, .choice(Words.vmm), "Virtual machine monitor")
                .option("--vmm").standard(.text("qemu")).scope(.main)
        }
    }

    public static var console: Self {
        Self("Console") {
            Row($0, .choice(Words.consoleMode), "Console of the running system")
                .option("--console", nil, "MODE").standard(.text("native")).scope(.main)
        }
    }

    public static var diskType: Self {
        Self("DiskType") {
            Row($0, .choice(Words.qemuDiskType), "Disk type of the image in the virtual machine")
                .option("--disk-type").standard(.text("virtio-blk")).scope(.main)
        }
    }

    public static var firmware: Self {
        Self("Firmware") {
            Row($0, .choice(Words.firmware), "Firmware of the virtual machine")
                .option("--firmware").old(["QemuFirmware"], options: ["--qemu-firmware"]).standard(.text("auto"))
                .scope(.main)
        }
    }
}

extension Setting where Content == Feature {
    public static var kvm: Self {
        Self("KVM") {
            Row($0, .feature, "Use hardware virtualization")
                .option("--kvm", nil, "FEATURE").old(["QemuKvm"], options: ["--qemu-kvm"]).scope(.main)
        }
    }

    public static var vSock: Self {
        Self("VSock") {
            Row($0, .feature, "Add a virtual socket to the virtual machine")
                .option("--vsock", nil, "FEATURE").old(["QemuVsock"], options: ["--qemu-vsock"]).scope(.main)
        }
    }

    public static var tpm: Self {
        Self("TPM") {
            Row($0, .feature, "Add a TPM to the virtual machine")
                .option("--tpm", nil, "FEATURE").old(["QemuSwtpm"], options: ["--qemu-swtpm"]).scope(.main)
        }
    }

    public static var register: Self {
        Self("Register") {
            Row($0, .feature, "Register the running system with systemd-machined")
                .option("--register", nil, "BOOL").standard(.text("auto")).scope(.main)
        }
    }

    public static var storageTargetMode: Self {
        Self("StorageTargetMode") {
            Row($0, .feature, "Serve disk images over the network as NVMe devices")
                .option("--storage-target-mode", nil, "FEATURE").standard(.text("auto")).scope(.main)
        }
    }
}

extension Setting where Content == [Drive] {
    public static var drives: Self {
        Self("Drives") {
            Row($0, .list(.drive, .init(delimiter: UInt8(ascii: " "))), "Additional drives of the virtual machine")
                .option("--drive", nil, "DRIVE").old(["QemuDrives"], options: ["--qemu-drive"]).scope(.main)
        }
    }
}

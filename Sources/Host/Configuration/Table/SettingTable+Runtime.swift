/// Settings for running the image.
extension SettingTable {
    static let runtime: [SettingDefinition] = rows(
        of: .runtime,
        [
            Row("NSpawnSettings", .existingPath, "Settings file for systemd-nspawn, to copy alongside the output")
                .option("--settings", nil, "PATH").scope(.main).path("mkosi.nspawn"),
            Row("Ephemeral", .boolean, "Run a temporary copy of the image")
                .option("--ephemeral", nil, "BOOL").scope(.main),
            Row(
                "Credentials",
                .list(.credential, .init(delimiter: UInt8(ascii: " "), unescapes: true)),
                "Credentials for the running system"
            )
            .option("--credential", nil, "NAME=VALUE").scope(.main).path("mkosi.credentials"),
            Row("KernelCommandLineExtra", .words(), "Extra kernel command line when running the image")
                .option("--kernel-command-line-extra", nil, "OPTIONS").scope(.main),
            Row("RuntimeTrees", .list(.tree(absolute: false)), "Directories to mount in the running system")
                .option("--runtime-tree", nil, "SOURCE:[TARGET]").scope(.main),
            Row("RuntimeSize", .size, "Size to grow the image to before running it")
                .option("--runtime-size", nil, "SIZE").scope(.main),
            Row("RuntimeNetwork", .choice(Words.network), "Network of the running system")
                .option("--runtime-network").standard(.text("user")).scope(.main),
            Row("RuntimeBuildSources", .boolean, "Mount the build sources in the running system")
                .option("--runtime-build-sources", nil, "BOOL").scope(.main),
            Row("BindUser", .boolean, "Mount the caller's home directory in the running system")
                .option("--bind-user", nil, "BOOL").scope(.main),
            Row(
                "SshKey",
                .path(.init(required: true, secret: true)),
                "Private key for SSH connections to the running system"
            )
            .option("--ssh-key", nil, "PATH").scope(.main).path("mkosi.key"),
            Row("SshCertificate", .existingPath, "Certificate for SSH connections to the running system")
                .option("--ssh-certificate", nil, "PATH").scope(.main).path("mkosi.crt"),
            Row("VirtualMachineMonitor", .choice(Words.vmm), "Virtual machine monitor")
                .option("--vmm").standard(.text("qemu")).scope(.main),
            Row("Machine", .fileName, "Name of the running system")
                .option("--machine", nil, "NAME").standard(.computed(.machineName)).scope(.main),
            Row("ForwardJournal", .anyPath, "Path to forward the running system's journal to")
                .option("--forward-journal", nil, "PATH").scope(.main),
            Row("SysupdateDirectory", .existingPath, "Directory of systemd-sysupdate transfer definitions")
                .option("--sysupdate-directory", nil, "PATH").old(options: ["--sysupdate-dir"]).scope(.main)
                .path("mkosi.sysupdate"),
            Row("Console", .choice(Words.consoleMode), "Console of the running system")
                .option("--console", nil, "MODE").standard(.text("native")).scope(.main),
            Row("CPUs", .integer(min: 0, max: 1 << 20), "Number of CPUs of the virtual machine")
                .option("--cpus", nil, "CPUS").old(["QemuSmp"], options: ["--qemu-smp"]).standard(.integer(1))
                .scope(.main),
            Row("RAM", .size, "Memory of the virtual machine")
                .option("--ram", nil, "BYTES").old(["QemuMem"], options: ["--qemu-mem"]).standard(.integer(2 << 30))
                .scope(.main),
            Row("MaxMem", .size, "Maximum memory of the virtual machine")
                .option("--maxmem", nil, "BYTES").scope(.main),
            Row("KVM", .feature, "Use hardware virtualization")
                .option("--kvm", nil, "FEATURE").old(["QemuKvm"], options: ["--qemu-kvm"]).scope(.main),
            Row("CXL", .boolean, "Add CXL devices to the virtual machine")
                .option("--cxl", nil, "BOOLEAN").scope(.main),
            Row("VSock", .feature, "Add a virtual socket to the virtual machine")
                .option("--vsock", nil, "FEATURE").old(["QemuVsock"], options: ["--qemu-vsock"]).scope(.main),
            Row("VSockCID", .socketID, "CID of the virtual socket")
                .option("--vsock-cid", nil, "NUMBER|auto|hash")
                .old(["QemuVsockConnectionId"], options: ["--qemu-vsock-cid"]).standard(.integer(-1)).scope(.main),
            Row("TPM", .feature, "Add a TPM to the virtual machine")
                .option("--tpm", nil, "FEATURE").old(["QemuSwtpm"], options: ["--qemu-swtpm"]).scope(.main),
            Row("Removable", .boolean, "Attach the image as a removable device")
                .option("--removable", nil, "BOOLEAN").old(["QemuRemovable"], options: ["--qemu-removable"]).scope(
                    .main
                ),
            Row("DiskType", .choice(Words.qemuDiskType), "Disk type of the image in the virtual machine")
                .option("--disk-type").standard(.text("virtio-blk")).scope(.main),
            Row("Firmware", .choice(Words.firmware), "Firmware of the virtual machine")
                .option("--firmware").old(["QemuFirmware"], options: ["--qemu-firmware"]).standard(.text("auto"))
                .scope(.main),
            Row(
                "FirmwareVariables",
                .path(.init(constants: ["custom", "microsoft", "microsoft-mok"])),
                "Firmware variables of the virtual machine"
            )
            .option("--firmware-variables", nil, "PATH")
            .old(["QemuFirmwareVariables"], options: ["--qemu-firmware-variables"]).scope(.main),
            Row("Linux", .text, "Kernel that the virtual machine boots")
                .option("--linux", nil, "PATH").old(["QemuKernel"], options: ["--qemu-kernel"]).scope(.main),
            Row(
                "Drives",
                .list(.drive, .init(delimiter: UInt8(ascii: " "))),
                "Additional drives of the virtual machine"
            )
            .option("--drive", nil, "DRIVE").old(["QemuDrives"], options: ["--qemu-drive"]).scope(.main),
            Row("QemuArgs", .words(unescapes: true), "Additional arguments for QEMU")
                .option("--qemu-args", nil, "ARGS").scope(.main),
            Row("Register", .feature, "Register the running system with systemd-machined")
                .option("--register", nil, "BOOL").standard(.text("auto")).scope(.main),
            Row("StorageTargetMode", .feature, "Serve disk images over the network as NVMe devices")
                .option("--storage-target-mode", nil, "FEATURE").standard(.text("auto")).scope(.main),
        ]
    )
}

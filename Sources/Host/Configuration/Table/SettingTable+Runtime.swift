/// How the result is run.
extension SettingTable {
    static let runtime: [SettingDefinition] = rows(
        of: .runtime,
        [
            Row("NSpawnSettings", .existingPath, "Settings file for containers, to put beside the output")
                .option("--settings", nil, "PATH").scope(.main).path("mkosi.nspawn"),
            Row("Ephemeral", .boolean, "Run a copy of the image and throw it away afterwards")
                .option("--ephemeral", nil, "BOOL").scope(.main),
            Row(
                "Credentials",
                .list(.credential, .init(delimiter: UInt8(ascii: " "), unescapes: true)),
                "Credentials for the running system"
            )
            .option("--credential", nil, "NAME=VALUE").scope(.main).path("mkosi.credentials"),
            Row("KernelCommandLineExtra", .words(), "Kernel command line for a run only")
                .option("--kernel-command-line-extra", nil, "OPTIONS").scope(.main),
            Row("RuntimeTrees", .list(.tree(absolute: false)), "Show these directories to the running system")
                .option("--runtime-tree", nil, "SOURCE:[TARGET]").scope(.main),
            Row("RuntimeSize", .size, "Let the image grow to this size before a run")
                .option("--runtime-size", nil, "SIZE").scope(.main),
            Row("RuntimeNetwork", .choice(Words.network), "How the running system reaches the network")
                .option("--runtime-network").standard(.text("user")).scope(.main),
            Row("RuntimeBuildSources", .boolean, "Show the build sources to the running system")
                .option("--runtime-build-sources", nil, "BOOL").scope(.main),
            Row("BindUser", .boolean, "Show the home directory of the caller to the running system")
                .option("--bind-user", nil, "BOOL").scope(.main),
            Row("SshKey", .path(.init(required: true, secret: true)), "Private key for SSH to the running system")
                .option("--ssh-key", nil, "PATH").scope(.main).path("mkosi.key"),
            Row("SshCertificate", .existingPath, "Certificate that the running system accepts for SSH")
                .option("--ssh-certificate", nil, "PATH").scope(.main).path("mkosi.crt"),
            Row("VirtualMachineMonitor", .choice(Words.vmm), "Program that runs virtual machines")
                .option("--vmm").standard(.text("qemu")).scope(.main),
            Row("Machine", .fileName, "Name of the running system")
                .option("--machine", nil, "NAME").standard(.computed(.machineName)).scope(.main),
            Row("ForwardJournal", .anyPath, "Where the running system's journal goes")
                .option("--forward-journal", nil, "PATH").scope(.main),
            Row("SysupdateDirectory", .existingPath, "Directory of transfer definitions for updates")
                .option("--sysupdate-directory", nil, "PATH").old(options: ["--sysupdate-dir"]).scope(.main)
                .path("mkosi.sysupdate"),
            Row("Console", .choice(Words.consoleMode), "How the console of the running system is shown")
                .option("--console", nil, "MODE").standard(.text("native")).scope(.main),
            Row("CPUs", .integer(min: 0, max: 1 << 20), "Number of processors of a virtual machine")
                .option("--cpus", nil, "CPUS").old(["QemuSmp"], options: ["--qemu-smp"]).standard(.integer(1))
                .scope(.main),
            Row("RAM", .size, "Memory of a virtual machine")
                .option("--ram", nil, "BYTES").old(["QemuMem"], options: ["--qemu-mem"]).standard(.integer(2 << 30))
                .scope(.main),
            Row("MaxMem", .size, "Memory that a virtual machine can grow to")
                .option("--maxmem", nil, "BYTES").scope(.main),
            Row("KVM", .feature, "Use the hardware's virtualization")
                .option("--kvm", nil, "FEATURE").old(["QemuKvm"], options: ["--qemu-kvm"]).scope(.main),
            Row("CXL", .boolean, "Give a virtual machine CXL devices")
                .option("--cxl", nil, "BOOLEAN").scope(.main),
            Row("VSock", .feature, "Give a virtual machine a virtual socket")
                .option("--vsock", nil, "FEATURE").old(["QemuVsock"], options: ["--qemu-vsock"]).scope(.main),
            Row("VSockCID", .socketID, "Number of the virtual socket")
                .option("--vsock-cid", nil, "NUMBER|auto|hash")
                .old(["QemuVsockConnectionId"], options: ["--qemu-vsock-cid"]).standard(.integer(-1)).scope(.main),
            Row("TPM", .feature, "Give a virtual machine a TPM")
                .option("--tpm", nil, "FEATURE").old(["QemuSwtpm"], options: ["--qemu-swtpm"]).scope(.main),
            Row("Removable", .boolean, "Attach the image as a removable device")
                .option("--removable", nil, "BOOLEAN").old(["QemuRemovable"], options: ["--qemu-removable"]).scope(
                    .main
                ),
            Row("DiskType", .choice(Words.qemuDiskType), "How the image is attached to a virtual machine")
                .option("--disk-type").standard(.text("virtio-blk")).scope(.main),
            Row("Firmware", .choice(Words.firmware), "What starts a virtual machine")
                .option("--firmware").old(["QemuFirmware"], options: ["--qemu-firmware"]).standard(.text("auto"))
                .scope(.main),
            Row(
                "FirmwareVariables",
                .path(.init(constants: ["custom", "microsoft", "microsoft-mok"])),
                "Variables of the firmware of a virtual machine"
            )
            .option("--firmware-variables", nil, "PATH")
            .old(["QemuFirmwareVariables"], options: ["--qemu-firmware-variables"]).scope(.main),
            Row("Linux", .text, "Kernel that a virtual machine starts")
                .option("--linux", nil, "PATH").old(["QemuKernel"], options: ["--qemu-kernel"]).scope(.main),
            Row("Drives", .list(.drive, .init(delimiter: UInt8(ascii: " "))), "Give a virtual machine these drives too")
                .option("--drive", nil, "DRIVE").old(["QemuDrives"], options: ["--qemu-drive"]).scope(.main),
            Row("QemuArgs", .words(unescapes: true), "Further arguments for qemu")
                .option("--qemu-args", nil, "ARGS").scope(.main),
            Row("Register", .feature, "Register the running system with systemd-machined")
                .option("--register", nil, "BOOL").standard(.text("auto")).scope(.main),
            Row("StorageTargetMode", .feature, "Serve disk images over the network as NVMe devices")
                .option("--storage-target-mode", nil, "FEATURE").standard(.text("auto")).scope(.main),
        ]
    )
}

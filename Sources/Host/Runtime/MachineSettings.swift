import BootKit
public import Configuration
import Execution
import Glibc
public import SigningClient
import SigningWire
public import Support
import System
import Tools

/// The settings of an image that concern its virtual machine.
public struct MachineSettings: Sendable {
    private let image: ImageConfiguration
    private let source: BootSource
    private let output: MachineFile
    private let model: MachineArguments.Model
    private let host: HostFacts
    private let programs: RuntimePrograms
    private let availableProcessors: Int
    private let signer: Signer
    private let place: Place
    /// Words for the kernel that the verb needs, in addition to those of the configuration.
    public var extraWords: [String] = []

    /// A function that resolves a path of the configuration, which a script of a build may have changed.
    public typealias Place = @Sendable (String) throws(Failure) -> String

    /// - Parameters:
    ///   - image: The image's configuration.
    ///   - output: Its main output.
    ///   - host: The host and the caller's variables.
    ///   - programs: The programs that run it.
    ///   - processors: How many the machine gets with CPUs=0.
    ///   - signer: Reads the certificate that firmware is to know.
    ///   - place: Throws for a path in whose place a script has put a link.
    /// - Throws: one sentence where the machine cannot be started.
    public init(
        _ image: ImageConfiguration,
        output: MachineFile,
        host: HostFacts,
        programs: RuntimePrograms,
        processors: Int,
        signer: Signer,
        place: @escaping Place
    ) throws(Failure) {
        let source = try BootSource(output)
        guard let model = MachineArguments.Model(architecture: image[.architecture]) else {
            throw Failure(.configuration, "No virtual machine is known for the architecture \(image[.architecture])")
        }
        // Nothing is set before the last error: the compiler releases what is not there yet.
        self.image = image
        self.source = source
        self.output = output
        self.model = model
        self.host = host
        self.programs = programs
        availableProcessors = processors
        self.signer = signer
        self.place = place
    }

    /// Refuses settings that would make another machine than was requested.
    public static func check(_ image: ImageConfiguration) throws(Failure) {
        let refused: [(name: String, isAsked: Bool)] = [
            (settingName(.virtualMachineMonitor), image[.virtualMachineMonitor] != "qemu"),
            (settingName(.drives), !image[.drives].isEmpty),
            (settingName(.runtimeSize), image[.runtimeSize] != nil),
            (settingName(.bindUser), image[.bindUser]),
            (settingName(.cxl), image[.cxl]),
            (settingName(.runtimeNetwork), image[.runtimeNetwork] == "interface"),
            (settingName(.vSock), image[.vSock] == .enabled),
            (settingName(.register), image[.register] == .enabled),
            (settingName(.forwardJournal), !image.value(of: .forwardJournal).isUnset),
        ]
        guard let first = refused.first(where: \.isAsked) else { return }
        throw Failure(
            .configuration,
            "mkosi vm cannot carry out \(first.name)= yet",
            hint: "Set by \(image.origin(of: first.name))"
        )
    }

    /// The machine, with all programs and files that it needs.
    public func machine() throws(Failure) -> VirtualMachine {
        let program = try find(model.program, "QEMU", setting: nil)
        var arguments = MachineArguments(
            model: model,
            memory: image[.ram] ?? 2 << 30,
            processors: image[.cpUs].flatMap { $0 == 0 ? nil : $0 } ?? availableProcessors,
            isAccelerated: try isAccelerated(program),
            source: source,
            image: MachineFile.place(ofInherited: 0)
        )
        arguments.maximalMemory = image[.maxMem]
        arguments.console = image[.console]
        arguments.diskType = image[.diskType]
        arguments.isRemovable = image[.removable]
        arguments.isTemporary = image[.ephemeral]
        arguments.sectorSize = image[.sectorSize]
        arguments.hasNetwork = image[.runtimeNetwork] == "user"
        arguments.commandLine = commandLine
        arguments.extra = image[.qemuArgs]
        let mounts = try RuntimeMounts.mounts(image, place)
        arguments.shares = mounts.enumerated().map { ("mkosi\($0.offset)", $0.element.source) }
        arguments.mapsOwners = geteuid() == 0
        var files = [output]
        try addStart(to: &arguments, &files)
        var machine = VirtualMachine(arguments: arguments, program: program, environment: host.ownVariables)
        machine.files = files
        if let firmware = arguments.firmware { machine.variables = try changedVariables(firmware) }
        machine.strings = try strings(arguments.firmware, mounts)
        // A kernel that is started without firmware measures nothing by itself.
        if image[.tpm] == .enabled || arguments.firmware != nil && image[.tpm] != .disabled {
            machine.tpm =
                image[.tpm] == .enabled ? try find("swtpm", "swtpm", setting: "TPM=no") : programs.find("swtpm")
        }
        return machine
    }

    // MARK: - Start

    /// The words that the kernel's own command line lacks: those that name the console.
    private var commandLine: [String] {
        let words = extraWords + image[.kernelCommandLineExtra]
        guard image[.console] != "gui", !words.contains(where: { $0.hasPrefix("console=") }) else { return words }
        // Words from outside are measured into PCR 12: none is added that the image has itself.
        let console = "console=\(model.console)"
        return image[.kernelCommandLine].contains(console) ? words : [console] + words
    }

    /// Adds what the machine starts with, and the files of the build among it to those that QEMU inherits.
    private func addStart(to arguments: inout MachineArguments, _ files: inout [MachineFile]) throws(Failure) {
        var choice = image[.firmware]
        // An archive starts only with a kernel, and what has only a boot loader for the old firmware only with that.
        if source == .initrd { choice = "linux" }
        if choice.hasPrefix("linux") {
            arguments.kernel = try kernel(&files)
            if choice == "linux" { arguments.initrd = try initrd(arguments, &files) }
            arguments.commandLine = try directCommandLine + arguments.commandLine
            return
        }
        let hasLoader = image.value(of: .bootloader).text.map { $0 != "none" } ?? true
        let hasOldLoader = image.value(of: .biosBootloader).text.map { $0 != "none" } ?? false
        if choice == "auto", source == .disk, !hasLoader, hasOldLoader { return }
        let wantsSecureBoot = choice == "uefi-secure-boot" || choice == "auto" && image[.secureBoot]
        let firmware = try firmware(securely: wantsSecureBoot)
        arguments.firmware = firmware
        arguments.variables = try variables(firmware)
        // Firmware gets a program from QEMU as it gets a kernel.
        guard source == .program else {
            arguments.commandLine = []
            return
        }
        arguments.kernel = arguments.image
        // The stub takes words from QEMU in place of those in the image, so the latter have to be repeated.
        if !commandLine.isEmpty { arguments.commandLine = image[.kernelCommandLine] + commandLine }
    }

    /// The words for a kernel that no boot loader starts, which cannot say what it was started from.
    private var directCommandLine: [String] {
        get throws(Failure) {
            let words = image[.kernelCommandLine]
            guard source == .disk else { return words }
            let named = words.contains { word in
                ["root=", "mount.usr=", "roothash=", "usrhash="].contains { word.hasPrefix($0) }
                    && !["root=PARTUUID", "mount.usr=PARTUUID"].contains(word)
            }
            let system = try SystemPartitions(disk: output)
            do throws(BootError) {
                return try KernelCommandLine((named ? [] : system.words) + words, facts: system.facts).words
            } catch {
                throw Failure(.configuration, error.message, hint: error.hint)
            }
        }
    }

    private func firmware(securely: Bool) throws(Failure) -> MachineFirmware {
        let all = MachineFirmware.installed(for: model.architecture, machine: model.machine, in: programs.tools)
        let keys = ["microsoft", "microsoft-mok"].contains(image.value(of: .firmwareVariables).text)
        let fitting = all.filter { $0.hasSecureBoot == (securely || keys) && $0.hasKeys == keys }
        if let firmware = fitting.first { return firmware }
        let name = ProgramPackages.firmware(image[.architecture])
        if keys {
            let choice = image.value(of: .firmwareVariables).text ?? ""
            throw Failure(
                .missing,
                "No UEFI firmware for \(model.architecture) with Microsoft's keys is installed, as "
                    + "FirmwareVariables=\(choice) needs",
                hint: host.packages.hint(name, or: "set FirmwareVariables=custom to use keys of your own")
            )
        }
        throw Failure(
            .missing,
            "No UEFI firmware \(securely ? "with Secure Boot " : "")for \(model.architecture) is installed",
            hint: host.packages.hint(name, or: "set Firmware=linux")
        )
    }

    private func variables(_ firmware: MachineFirmware) throws(Failure) -> String {
        switch image.value(of: .firmwareVariables).text {
        case nil, "custom", "microsoft", "microsoft-mok": return firmware.variables
        case .some(let path): return try place(path)
        }
    }

    /// The variables of the firmware with the certificate of `SecureBootCertificate=`; nil where they stay as they are.
    private func changedVariables(_ firmware: MachineFirmware) throws(Failure) -> [UInt8]? {
        let choice = image.value(of: .firmwareVariables).text
        guard let choice, ["custom", "microsoft-mok"].contains(choice) else { return nil }
        guard var certificate = SigningKeys(.secureBoot, of: image).certificate else {
            throw Failure(
                .configuration,
                "FirmwareVariables=\(choice) needs a certificate, and SecureBootCertificate= is not set",
                hint: "mkosi genkey makes mkosi.crt, which is used by default"
            )
        }
        if certificate.source == .file { certificate.location = try place(certificate.location) }
        let answer = try signer.answer(SigningRequest(.certificate, key: nil, certificate: certificate))
        let bytes = answer.certificate.flatMap(Base64.decoded) ?? []
        do {
            var store = try VariableStore(Files.read(firmware.variables), name: firmware.variables)
            if choice == "custom" {
                try store.enrol(certificate: bytes)
            } else {
                try store.addMachineOwnerKey(certificate: bytes)
            }
            return store.bytes
        } catch {
            throw Failure(.system, "Cannot make the variables of the firmware", cause: error)
        }
    }

    /// The kernel of `Linux=`, or the one that is next to the output.
    private func kernel(_ files: inout [MachineFile]) throws(Failure) -> String {
        if let path = image[.linux] {
            return try Self.inherited(place(Paths.absolute(path)), &files, followsLink: true)
        }
        let path = part(".vmlinuz")
        if Files.kind(of: path) != nil { return try Self.inherited(path, &files) }
        throw Failure(
            .missing,
            "There is no kernel to start \(output.path) with: \(path) does not exist",
            hint: "Set SplitArtifacts=kernel,initrd and build again, or set Linux= to the path of a kernel"
        )
    }

    private func initrd(
        _ arguments: MachineArguments,
        _ files: inout [MachineFile]
    ) throws(Failure) -> String? {
        if source == .initrd { return arguments.image }
        let path = part(".initrd")
        return Files.kind(of: path) == nil ? nil : try Self.inherited(path, &files)
    }

    /// Opens an output for QEMU, and returns where it finds it.
    private static func inherited(
        _ path: String,
        _ files: inout [MachineFile],
        followsLink: Bool = false
    ) throws(Failure) -> String {
        files.append(try MachineFile.open(path, followsLink: followsLink))
        return MachineFile.place(ofInherited: files.count - 1)
    }

    private func part(_ suffix: String) -> String { Paths.join(image.outputDirectory, image[.output] + suffix) }

    // MARK: - Programs

    private func isAccelerated(_ program: InstalledProgram) throws(Failure) -> Bool {
        let isNative = image[.architecture] == host.architecture
        switch image[.kvm] {
        case .disabled: return false
        case .enabled:
            guard isNative, Accelerator.works(program, model) else {
                throw Failure(
                    .missing,
                    "KVM=yes, and hardware virtualization does not work on this machine",
                    hint: "KVM=auto emulates the machine where it does not"
                )
            }
            return true
        case .auto: return isNative && Accelerator.works(program, model)
        }
    }

    private func find(_ name: String, _ title: String, setting: String?) throws(Failure) -> InstalledProgram {
        try programs.program(
            name,
            orFail: "\(title) is not installed: there is no program \(name)",
            alternative: setting.map { "set \($0)" }
        )
    }

    // MARK: - Strings

    /// Credentials, and the words that the stub or the boot loader adds to the command line.
    private func strings(
        _ firmware: MachineFirmware?,
        _ mounts: [ContainerArguments.Mount]
    ) throws(Failure) -> [String] {
        var strings: [String] = []
        for (name, value) in try credentials(mounts) {
            strings.append("io.systemd.credential.binary:\(name)=\(Base64.encoded(value))")
        }
        if let firmware, !commandLine.isEmpty, !takesWords(firmware) {
            // The stub reads the one, and systemd-boot the other for entries that are no unified kernel images.
            for reader in ["stub", "boot"] {
                strings.append("io.systemd.\(reader).kernel-cmdline-extra=\(commandLine.joined(separator: " "))")
            }
        }
        return strings
    }

    /// Those of the configuration, the key for `mkosi ssh`, and what mounts directories of the host.
    private func credentials(
        _ mounts: [ContainerArguments.Mount]
    ) throws(Failure) -> [(name: String, value: [UInt8])] {
        var values = try image.credentialValues(place)
        let given = Set(values.map(\.name))
        if let path = image[.sshCertificate], !given.contains("ssh.authorized_keys.root") {
            let file = try place(path)
            let bytes: [UInt8]
            do throws(SystemCallError) {
                bytes = try Files.read(file)
            } catch {
                throw Failure(.missing, "Cannot read the certificate \(path)", cause: error)
            }
            values.append(("ssh.authorized_keys.root", Array(try SSHPublicKey.line(bytes, name: path).utf8)))
        }
        if !mounts.isEmpty, !given.contains("fstab.extra") {
            let lines = mounts.enumerated().map { index, mount in
                let target = Self.field(mount.target)
                return "mkosi\(index) \(target) 9p trans=virtio,version=9p2000.L,msize=262144 0 0\n"
            }
            values.append(("fstab.extra", Array(lines.joined().utf8)))
        }
        return values
    }

    /// A path as a field of fstab(5), which spaces and tabs end, and in which a backslash begins a number.
    private static func field(_ path: String) -> String {
        let bytes = path.utf8.flatMap { byte -> [UInt8] in
            guard byte <= 0x20 || byte == 0x5c || byte == 0x23 else { return [byte] }
            return [0x5c] + [6, 3, 0].map { 0x30 + (byte >> $0) & 7 }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Returns true if the stub takes the command line that QEMU passes.
    ///
    /// With Secure Boot it takes nothing but the strings.
    private func takesWords(_ firmware: MachineFirmware) -> Bool {
        source == .program && !firmware.hasSecureBoot
    }
}

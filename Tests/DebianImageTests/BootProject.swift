import Support
import System
import TestSupport
import Testing

/// A project whose image boots in a virtual machine up to a unit of its own, which reports what it sees and switches the
/// machine off.
///
/// Layers are kept, so that images of several tests share all that does not differ.
final class BootProject {
    let debian: DebianProject

    /// A kernel that drives what QEMU emulates, and what every test boots with.
    static let packages = [
        "bash", "dbus", "linux-image-cloud-amd64", "login", "passwd", "systemd", "systemd-boot-efi", "systemd-sysv",
        "udev",
        "util-linux",
    ]

    /// - Parameters:
    ///   - packages: What is installed besides `Self.packages`.
    ///   - release: The release of Debian.
    /// - Throws: What is wrong with the directory of the project.
    init(packages: [String] = [], release: String = DebianProject.release) throws {
        debian = try DebianProject(format: "disk")
        try debian.directory.write(
            """
            [Distribution]
            Distribution=debian
            Release=\(release)
            [Output]
            Format=disk
            ImageId=boot
            ManifestFormat=
            [Content]
            Bootable=yes
            Packages=\((Self.packages + packages).joined(separator: ","))
            KernelCommandLine=console=ttyS0 quiet no_timer_check systemd.show_status=no systemd.unit=boot-test.service systemd.default_device_timeout_sec=300
            Locale=C.UTF-8
            Timezone=Etc/UTC
            RootPassword=hashed:
            SourceDateEpoch=1700000000
            [Build]
            Incremental=yes
            [Runtime]
            CPUs=2
            RAM=1G

            """,
            to: "project/mkosi.conf"
        )
        try debian.directory.makeDirectory("project/mkosi.extra/usr/lib/systemd/system")
        try debian.directory.write(
            """
            [Unit]
            Description=Report what the machine sees
            DefaultDependencies=no
            After=local-fs.target systemd-remount-fs.service
            Wants=local-fs.target
            FailureAction=poweroff-immediate
            [Service]
            Type=oneshot
            ExecStart=/bin/bash /usr/lib/boot-test

            """,
            to: "project/mkosi.extra/usr/lib/systemd/system/boot-test.service"
        )
        // What cannot be started ends the machine at once, in place of asking for the password of root.
        try debian.directory.makeDirectory(
            "project/mkosi.initrd.conf/mkosi.extra/usr/lib/systemd/system/emergency.service.d"
        )
        try debian.directory.write(
            """
            [Service]
            ExecStartPre=
            ExecStart=
            ExecStart=/bin/sh -c 'echo; echo MARK refused emergency mode; systemctl poweroff -ff'
            StandardOutput=tty
            TTYPath=/dev/console

            """,
            to: "project/mkosi.initrd.conf/mkosi.extra/usr/lib/systemd/system/emergency.service.d/end.conf"
        )
        // What no test needs takes an emulated machine long to read and to unpack: half of the archive.
        try debian.directory.write(
            """
            [Content]
            RemoveFiles=/usr/lib/udev/hwdb.bin
                /usr/bin/perl*
                /usr/lib/*/perl-base
                /usr/lib/*/gconv
                /usr/lib/*/libapt-pkg.so*
                /usr/lib/*/libstdc++.so*
                /usr/lib/apt
                /usr/bin/apt*
                /usr/bin/sqv
                /usr/bin/btrfs*
                /usr/share/doc

            """,
            to: "project/mkosi.initrd.conf/mkosi.conf"
        )
        // A machine that asks for a passphrase ends at once too, however slow it is.
        try debian.directory.makeDirectory(
            "project/mkosi.initrd.conf/mkosi.extra/usr/lib/systemd/system/systemd-ask-password-console.service.d"
        )
        try debian.directory.write(
            """
            [Service]
            ExecStart=
            ExecStart=/bin/sh -c 'echo; echo MARK asked $(cat /run/systemd/ask-password/ask.*); systemctl poweroff -ff'
            StandardOutput=tty
            TTYPath=/dev/console

            """,
            to:
                "project/mkosi.initrd.conf/mkosi.extra/usr/lib/systemd/system/systemd-ask-password-console.service.d/end.conf"
        )
        try debian.directory.makeDirectory("project/mkosi.extra/efi/loader")
        try debian.directory.write("timeout 0\n", to: "project/mkosi.extra/efi/loader/loader.conf")
        try report([:])
    }

    /// Sets what the machine reports: shell commands, by the name of the mark that has their output.
    func report(_ commands: [String: String]) throws {
        let all = ["cmdline": "cat /proc/cmdline", "root": "findmnt -no FSTYPE,OPTIONS /"].merging(commands) { $1 }
        let lines = all.sorted { $0.key < $1.key }.map { #"echo "MARK \#($0.key) $(\#($0.value) 2>&1 | tr '\n' ' ')""# }
        let script = ["exec >/dev/console 2>&1", "echo"] + lines + ["echo MARK done yes", "systemctl poweroff -ff"]
        try debian.directory.makeDirectory("project/mkosi.extra/usr/lib")
        try debian.directory.write(script.map { "\($0)\n" }.joined(), to: "project/mkosi.extra/usr/lib/boot-test")
    }

    /// Writes partition definitions to a directory of the project, and returns the option that selects it.
    func definitions(_ name: String, _ files: [String: String]) throws -> String {
        try debian.directory.makeDirectory("project/\(name)")
        for (file, text) in files {
            let lines = text.split(separator: " ").joined(separator: "\n")
            try debian.directory.write("[Partition]\n\(lines)\n", to: "project/\(name)/\(file).conf")
        }
        return "--repart-directory=\(name)"
    }

    /// The partition that firmware starts from.
    static let esp = "Type=esp Format=vfat CopyFiles=/boot:/ CopyFiles=/efi:/ SizeMinBytes=256M SizeMaxBytes=256M"

    /// Builds an image.
    func build(_ name: String, _ options: [String]) throws {
        let built = try debian.mkosi(["--output=\(name)", "--force"] + options + ["build"], limit: 600)
        try #require(built.succeeded, "\(built)")
    }

    func path(_ file: String) -> String { "\(debian.project)/\(file)" }

    /// Starts an image that is built, and waits until it switches itself off.
    ///
    /// - Parameters:
    ///   - name: The name of the output.
    ///   - options: Those of the build, and others for the machine.
    ///   - limit: Seconds until the machine is ended.
    /// - Returns: What it has written to its console.
    /// - Throws: What keeps mkosi from starting.
    func boot(_ name: String, _ options: [String] = [], limit: Int = 600) throws -> BootReport {
        // Emulated firmware takes minutes to measure an image, and seconds to look for a network.
        let plain = ["--ephemeral=yes", "--tpm=no", "--runtime-network=none"]
        let machine = ["--output=\(name)", "--timeout=\(limit)"] + plain + options + ["vm"]
        return BootReport(try debian.mkosi(machine, limit: Double(limit + 60)))
    }
}

/// What a machine has written to its console.
struct BootReport: CustomStringConvertible {
    let result: RunResult
    /// The lines `MARK name text`, by their names.
    let marks: [String: String]

    init(_ result: RunResult) {
        self.result = result
        var marks: [String: String] = [:]
        for line in result.output.split(whereSeparator: \.isNewline) {
            guard let start = line.firstRange(of: "MARK ")?.upperBound else { continue }
            let words = line[start...].split(separator: " ", maxSplits: 1)
            guard let name = words.first else { continue }
            marks[String(name)] = words.count > 1 ? String(words[1]) : ""
        }
        self.marks = marks
    }

    /// True if the unit has run to its end and the machine was switched off.
    var succeeded: Bool { result.succeeded && marks["done"] == "yes" }

    var description: String { "\(result)" }
}

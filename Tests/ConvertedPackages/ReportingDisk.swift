/// A disk of converted packages that starts in a virtual machine, where a unit of its own says what it sees and ends it.
///
///     try project.write(ReportingDisk.unit(counting: "rpm -qa | wc -l"), to: "mkosi.extra" + ReportingDisk.unitPath)
///     let marks = ReportingDisk.marks(in: machine.output)
public enum ReportingDisk {
    /// What such a disk has besides `ConvertedPackages.system`.
    public static let packages = ["linux-image-cloud-amd64", "systemd-boot-efi"]

    /// Lines of configuration that follow those of the section `[Content]`.
    public static let configuration = """
        Bootable=yes
        CleanPackageMetadata=no
        KernelCommandLine=console=ttyS0 quiet no_timer_check systemd.show_status=no systemd.unit=report.service systemd.default_device_timeout_sec=300
        Locale=C.UTF-8
        Timezone=Etc/UTC
        RootPassword=hashed:
        [Output]
        Format=disk
        [Runtime]
        CPUs=2
        RAM=1G
        """

    /// Starts the machine with nothing of the host that a boot does not need.
    public static let arguments = ["--ephemeral=yes", "--tpm=no", "--runtime-network=none", "--timeout=600", "vm"]

    public static let unitPath = "/usr/lib/systemd/system/report.service"

    /// The unit that reports; `command` prints the number of packages.
    public static func unit(counting command: String) -> String {
        """
        [Unit]
        DefaultDependencies=no
        After=local-fs.target systemd-remount-fs.service
        Wants=local-fs.target
        FailureAction=poweroff-immediate
        [Service]
        Type=oneshot
        ExecStart=/bin/bash -c 'exec >/dev/console 2>&1; echo; echo MARK packages $(\(command)); echo MARK root $(findmnt -no FSTYPE /); echo MARK done yes; systemctl poweroff -ff'

        """
    }

    /// What the unit has printed, by names.
    public static func marks(in output: String) -> [String: String] {
        var marks: [String: String] = [:]
        for line in output.split(whereSeparator: \.isNewline) {
            let words = line.split(separator: " ")
            guard let mark = words.firstIndex(of: "MARK"), words.count > mark + 2 else { continue }
            marks[String(words[mark + 1])] = words[(mark + 2)...].joined(separator: " ")
        }
        return marks
    }
}

import Support
import System
import TestSupport
import Testing

/// Machines that start one after the other: an emulated one takes all processors for about a minute.
///
/// `make boot-tests` runs them.
@Suite(
    .serialized,
    .enabled(if: Soak.isEnabled && DebianProject.isPossible, "make boot-tests runs them, on a Debian")
)
enum BootSuites {
    /// Fails where a program is missing that `make deps` installs.
    static func require(_ programs: String...) throws {
        for program in programs {
            try #require(Paths.findProgram(program) != nil, "There is no program \(program): run make deps")
        }
    }

    /// Images of all tests share the layers of one project.
    nonisolated(unsafe) static let shared = Result { () throws -> BootProject in
        try require("qemu-system-x86_64", "grub-mkimage", "sfdisk")
        let project = try BootProject(packages: ["systemd-cryptsetup"], release: "trixie")
        try project.report([
            "dm": "cat /sys/block/dm-*/dm/uuid",
            "entry": #"cat /sys/firmware/efi/efivars/LoaderEntrySelected-* | tr -d '\0'"#,
            "firmware": "test -d /sys/firmware/efi && echo uefi || echo none",
            // tail(1) cannot skip the first bytes of variables, which are not seekable since Linux 6.12.
            "stub": #"cat /sys/firmware/efi/efivars/StubInfo-* | tr -d '\0'"#,
        ])
        return project
    }
}

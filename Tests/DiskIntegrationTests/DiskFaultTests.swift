import Support
import System
import TestSupport
import Testing

/// Disks whose making is ended, or for which there is no room.
@Suite
struct DiskFaultTests {
    @Test("a disk whose build is ended or runs out of space leaves nothing, and the next one is whole", .needsRoot)
    func trials() throws {
        let directory = try TemporaryDirectory(openToAll: true)
        let script = """
            set -e
            mkdir -p project/tree/usr/lib project/tree/efi/EFI/BOOT project/mkosi.repart home
            echo 'ID=example' > project/tree/usr/lib/os-release
            echo firmware > project/tree/efi/EFI/BOOT/BOOTX64.EFI
            openssl enc -aes-128-ctr -K 0 -iv 0 -in /dev/zero 2>/dev/null | head -c 12000000 > project/tree/usr/lib/large
            find project/tree -exec touch -h -d @1600000000 {} +
            """
        try runChecked(["sh", "-c", script], in: directory.path)
        try directory.write(
            """
            [Distribution]
            Distribution=custom
            [Output]
            Seed=\(DiskProject.seed)
            [Content]
            Bootloader=none
            BaseTrees=tree
            SourceDateEpoch=1700000000

            """,
            to: "project/mkosi.conf"
        )
        let definitions = [
            "00-esp": "Type=esp Format=vfat CopyFiles=/efi:/ SizeMinBytes=4M",
            "10-root": "Type=root Format=erofs CopyFiles=/ Verity=data VerityMatchKey=root Minimize=best",
            "20-hash": "Type=root-verity Verity=hash VerityMatchKey=root Minimize=best",
            "30-srv": "Type=srv Format=ext4 CopyFiles=/usr:/ Minimize=guess",
        ]
        for (name, text) in definitions {
            let lines = text.split(separator: " ").joined(separator: "\n")
            try directory.write("[Partition]\n\(lines)\n", to: "project/mkosi.repart/\(name).conf")
        }
        let trials = try BuildTrials(project: directory("project"), format: "disk") { wrapper, arguments in
            try run(
                wrapper + [Stage.mkosi] + arguments,
                environment: plainEnvironment + ["HOME=\(directory("home"))"],
                in: directory("project")
            )
        }
        try trials.fullDisks(megabytes: Soak.isEnabled ? Array(1...40) : [1, 14])
        try trials.fullDisks(megabytes: Soak.isEnabled ? Array(1...60) : [8, 30], of: "--output-directory")
        try trials.signals(moments: Soak.isEnabled ? 27 : 2, kills: true)
    }
}

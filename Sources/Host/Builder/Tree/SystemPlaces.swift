import ByteKeys
import Configuration
import TreeWire

/// Files and directories that systemd looks for and that no package brings: for images that have systemd.
enum SystemPlaces {
    private static let manager = "/usr/lib/systemd/systemd"

    /// The paths of the tree whose presence `edits` has to know.
    static let paths = [manager, "/boot", "/efi", "/init", "/usr/lib/clock-epoch"]

    /// Returns the missing ones; `existing` has those of `paths` that are there.
    ///
    /// An extension gets nothing: the base has it.
    static func edits(for settings: SettingsView<SystemSettings.Inputs>, among existing: ByteSet)
        -> [TreeEdit]
    {
        guard existing.contains(manager), settings.baseTrees.isEmpty else { return [] }
        let all = [
            // Where systemd-gpt-auto-generator(8) mounts the partitions of the boot loader. Nothing shall be written
            // to /efi while nothing is mounted there.
            TreeEdit(.makeDirectory, "/efi", mode: 0o500), TreeEdit(.makeDirectory, "/boot", mode: 0o700),
            // What the kernel starts where the image is taken for an initrd.
            TreeEdit(.link, "/init", text: manager),
            // Its time is the earliest that systemd(1) takes for the present: that of the newest file in the image.
            TreeEdit(.write, "/usr/lib/clock-epoch", text: "", mode: 0o644),
        ]
        return all.filter { !existing.contains($0.path) }
    }
}

import ByteKeys
import Configuration
import Support
import TreeWire

/// Makes the directories of boot loaders: partitions are mounted there, also those of a file system that is written before.
struct BootDirectoriesStep: BuildStep {
    let name = "boot-directories"
    let title = "Making the directories of boot loaders"
    let changesPaths = false
    let inputs = StepInputs()

    func run(_ context: any StepContext, _ settings: SettingsView<NoSettings>) throws(Failure) {
        let existing = try context.tree.existing(BootParts.directories)
        let missing = BootParts.directories.filter { !existing.contains($0) }
        try context.tree.apply(missing.map { TreeEdit(.makeDirectory, $0, mode: 0o700) })
    }
}

import ByteKeys
import Configuration
import Support
import TreeWire

/// Compiles the hardware database, below `/usr` where it belongs to the image.
struct HardwareDatabaseStep: BuildStep {
    let name = "hwdb"
    let title = "Compiling the hardware database"
    let changesPaths = false
    var inputs: StepInputs { StepInputs(programs: [Self.tool.program]) }
    var paths: [String] { Self.tool.paths }
    var work: TreeWork? { Self.tool.treeWork }

    private static let result = "/usr/lib/udev/hwdb.bin"

    private static let tool = SystemTool(
        program: "systemd-hwdb",
        calls: [["--usr", "--strict", "update"]],
        rootOption: "--root=",
        needs: ["/usr/lib/udev/hwdb.d"],
        work: (reads: ["/etc/udev", result], writes: [result])
    )

    func run(_ context: any StepContext, _ settings: SettingsView<NoSettings>) throws(Failure) {
        guard try Self.tool.run(context, title: title, phase: name) else { return }
        // One that a package's script has made would be preferred to that of /usr.
        if try context.tree.existing([Self.result]).isEmpty { return }
        try context.tree.apply([TreeEdit(.remove, "/etc/udev/hwdb.bin")])
    }
}

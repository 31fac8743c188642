import Configuration
import Support
import TreeEditor

/// Compiles the hardware database, below `/usr` where it belongs to the image.
enum HardwareDatabaseStep: BuildStep {
    static let name = "hwdb"
    static let title = "Compiling the hardware database"
    static let inputs = StepInputs(programs: ["systemd-hwdb"])
    static let chain: StepChain? = .image

    static func isNeeded(for image: ImageConfiguration) -> Bool { true }

    static func run(_ state: BuildState) throws(Failure) {
        let hasRun = try SystemTool(
            program: "systemd-hwdb",
            calls: [["--usr", "--strict", "update"]],
            rootOption: "--root=",
            needs: ["/usr/lib/udev/hwdb.d"]
        ).run(on: state, as: self)
        if !hasRun { return }
        // One that a package's script has made would be preferred to that of /usr.
        if try state.imageTree.existing(["/usr/lib/udev/hwdb.bin"]).isEmpty { return }
        try state.imageTree.apply([TreeEdit(.remove, "/etc/udev/hwdb.bin")])
    }
}

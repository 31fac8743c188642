import Configuration
import Support
import TreeEditor

/// Compiles the hardware database, below `/usr` where it belongs to the image.
enum HardwareDatabaseStep: BuildStep {
    static let name = "hwdb"
    static let title = "Compiling the hardware database"
    static let inputs = StepInputs(programs: ["systemd-hwdb"])
    static let chain: StepChain? = .image
    static let changesPaths = false

    static func isNeeded(for image: ImageConfiguration) -> Bool { true }

    private static let tool = SystemTool(
        program: "systemd-hwdb",
        calls: [["--usr", "--strict", "update"]],
        rootOption: "--root=",
        needs: ["/usr/lib/udev/hwdb.d"]
    )

    static func paths(for state: BuildState) -> [String] { tool.paths }

    static func run(_ state: BuildState) throws(Failure) {
        guard try tool.run(on: state, as: self) else { return }
        // One that a package's script has made would be preferred to that of /usr.
        if try state.imageTree.existing(["/usr/lib/udev/hwdb.bin"]).isEmpty { return }
        try state.imageTree.apply([TreeEdit(.remove, "/etc/udev/hwdb.bin")])
    }
}

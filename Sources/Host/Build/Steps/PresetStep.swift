import Configuration
import Support

/// Enables and disables units as systemd.preset(5) says, for the system and for users.
enum PresetStep: BuildStep {
    static let name = "presets"
    static let title = "Applying presets"
    static let inputs = StepInputs(programs: ["systemctl"])
    static let chain: StepChain? = .image

    static func isNeeded(for image: ImageConfiguration) -> Bool { true }

    static func run(_ state: BuildState) throws(Failure) {
        try SystemTool(
            program: "systemctl",
            calls: [["preset-all"], ["--global", "preset-all"]],
            rootOption: "--root=",
            needs: ["/usr/lib/systemd/systemd"],
            environment: ["SYSTEMD_OFFLINE": "1"]
        ).run(on: state, as: self)
    }
}

import Configuration
import Support

/// Enables and disables units as systemd.preset(5) says, for the system and for users.
enum PresetStep: BuildStep {
    static let name = "presets"
    static let title = "Applying presets"
    static let inputs = StepInputs(programs: ["systemctl"])
    static let chain: StepChain? = .image
    static let changesPaths = false

    static func isNeeded(for image: ImageConfiguration) -> Bool { true }

    private static let tool = SystemTool(
        program: "systemctl",
        calls: [["preset-all"], ["--global", "preset-all"]],
        rootOption: "--root=",
        needs: ["/usr/lib/systemd/systemd"],
        environment: ["SYSTEMD_OFFLINE": "1"]
    )

    static func paths(for state: BuildState) -> [String] { tool.paths }

    static func run(_ state: BuildState) throws(Failure) {
        try tool.run(on: state, as: self)
    }
}

import Configuration
import Support

/// Makes the users and groups that packages and the project ask for in sysusers.d(5).
enum SystemUsersStep: BuildStep {
    static let name = "sysusers"
    static let title = "Making system users"
    static let inputs = StepInputs(programs: ["systemd-sysusers"])
    static let chain: StepChain? = .image

    static func isNeeded(for image: ImageConfiguration) -> Bool { true }

    private static let tool = SystemTool(
        program: "systemd-sysusers",
        calls: [[]],
        rootOption: "--root=",
        needs: ["/usr/lib/sysusers.d", "/etc/sysusers.d"]
    )

    static func paths(for state: BuildState) -> [String] { tool.paths }

    static func run(_ state: BuildState) throws(Failure) {
        try tool.run(on: state, as: self)
    }
}

import Configuration
import Support

/// Makes the users and groups that packages and the project ask for in sysusers.d(5).
enum SystemUsersStep: BuildStep {
    static let name = "sysusers"
    static let title = "Making system users"
    static let inputs = StepInputs(programs: ["systemd-sysusers"])
    static let chain: StepChain? = .image

    static func isNeeded(for image: ImageConfiguration) -> Bool { true }

    static func run(_ state: BuildState) throws(Failure) {
        try SystemTool(
            program: "systemd-sysusers",
            calls: [[]],
            rootOption: "--root=",
            needs: ["/usr/lib/sysusers.d", "/etc/sysusers.d"]
        ).run(on: state, as: self)
    }
}

import Configuration
import Support

/// Compiles the texts that explain messages of the journal, those of the project among them.
enum CatalogStep: BuildStep {
    static let name = "catalog"
    static let title = "Compiling the message catalog"
    static let inputs = StepInputs(programs: ["journalctl"])
    static let chain: StepChain? = .image
    static let changesPaths = false

    static func isNeeded(for image: ImageConfiguration) -> Bool { true }

    private static let tool = SystemTool(
        program: "journalctl",
        calls: [["--update-catalog"]],
        rootOption: "--root=",
        needs: ["/usr/lib/systemd/catalog"]
    )

    static func paths(for state: BuildState) -> [String] { tool.paths }

    static func run(_ state: BuildState) throws(Failure) {
        try tool.run(on: state, as: self)
    }
}

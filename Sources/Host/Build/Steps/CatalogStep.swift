import Configuration
import Support

/// Compiles the texts that explain messages of the journal, those of the project among them.
enum CatalogStep: BuildStep {
    static let name = "catalog"
    static let title = "Compiling the message catalog"
    static let inputs = StepInputs(programs: ["journalctl"])
    static let chain: StepChain? = .image

    static func isNeeded(for image: ImageConfiguration) -> Bool { true }

    static func run(_ state: BuildState) throws(Failure) {
        try SystemTool(
            program: "journalctl",
            calls: [["--update-catalog"]],
            rootOption: "--root=",
            needs: ["/usr/lib/systemd/catalog"]
        ).run(on: state, as: self)
    }
}

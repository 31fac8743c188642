import Configuration
import Support

/// Runs the project's own programs of one kind.
struct ScriptStep: BuildStep {
    let name: String
    let title: String
    let kind: ScriptKind
    var arguments: [String] = []
    var chain: StepChain? = .image
    var keepsTree = true
    var isStrict = false

    let settings = ScriptSettings()
    var inputs: StepInputs { StepInputs(scripts: kind) }

    func run(_ context: any StepContext, _ settings: SettingsView<ScriptSettings>) throws(Failure) {
        try context.runScripts(kind, title, arguments: arguments, round: name)
    }

    /// Brings the sources up to date before anything is built.
    static let sync = ScriptStep(name: "sync", title: "Running sync scripts", kind: .sync, chain: nil)

    /// Runs prepare scripts on the image's own packages.
    static let prepare = ScriptStep(
        name: StepName.prepare,
        title: "Running prepare scripts",
        kind: .prepare,
        arguments: ["final"],
        isStrict: true
    )

    /// Runs prepare scripts a second time, with the packages for build scripts.
    static let prepareBuild = ScriptStep(
        name: "prepare-build",
        title: "Running prepare scripts for the build",
        kind: .prepare,
        arguments: ["build"],
        chain: .build,
        isStrict: true
    )

    /// Runs build scripts; what remains is `$DESTDIR`, `$OUTPUTDIR` and their like, not what they do to the tree.
    static func build(arguments: [String]) -> ScriptStep {
        ScriptStep(
            name: StepName.build,
            title: "Running build scripts",
            kind: .build,
            arguments: arguments,
            chain: .build,
            keepsTree: false
        )
    }

    /// Runs postinst scripts on an image that has all of its files.
    static let postinst = ScriptStep(name: "postinst", title: "Running postinst scripts", kind: .postinst)

    /// Runs finalize scripts, the last to change the tree.
    static let finalize = ScriptStep(name: "finalize", title: "Running finalize scripts", kind: .finalize)
}

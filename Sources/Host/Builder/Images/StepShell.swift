import Configuration
import Display
import LayerStore
import PluginHost
import Support
import System

extension ImageBuild {
    /// The step of an image in whose tree a shell is opened.
    public struct ShellPlace: Sendable {
        /// The name of a step, as `mkosi plan` shows it.
        public var step: String
        /// True if what the step has left when it failed is shown, in place of what it began with.
        public var isFailed: Bool

        public init(step: String, isFailed: Bool) {
            self.step = step
            self.isFailed = isFailed
        }
    }
}

extension ImageConstruction {
    /// Runs a command, or else a shell, on what a step begins with; whatever it changes is thrown away.
    func shell(
        at place: ImageBuild.ShellPlace,
        _ command: [String],
        in workspace: borrowing Workspace
    ) throws(Failure) -> Int {
        let state = try prepare(workspace, scripts(workspace), isReadOnly: true)
        defer { state.packages?.shutdown() }
        guard let cache = state.cache else {
            throw Failure(
                .configuration,
                "No steps are in the cache for the image \(image.name)",
                hint: "Build it with Incremental=yes, or -i, first"
            )
        }
        let planning = StepPlanning(state: state, image: image.name, upTo: place.step)
        let walk = StepWalk(state.plan, of: state, for: planning)
        try walk.run()
        // Which kernels there are, and so which artifacts, is known of a complete tree only.
        if hasOutput, !planning.isDone, !walk.knowledge.isOpen(.image) {
            try reachBootloaders(bootParts(), state, workspace.scratch, for: planning)
        }
        guard let reached = planning.reached else {
            let names = planning.names.joined(separator: ", ")
            throw Failure(
                .usage,
                "The image \(image.name) has no step \"\(printable(place.step))\" that changes a tree",
                hint: "Available: \(names)"
            )
        }
        guard reached.isComplete, var tree = reached.chain.tree else {
            throw Failure(
                .missing,
                "The tree that the step \(place.step) starts from is not in the cache: earlier steps have not run, or have changed",
                hint: "mkosi plan shows which; mkosi build creates them"
            )
        }
        if place.isFailed {
            guard let failed = cache.failed, failed.name == place.step else {
                throw Failure(.missing, "No failed step \(place.step) is in the cache")
            }
            tree = LayeredTree(path: state.root, failed.directory, above: tree, isSealed: true)
        }
        let directory = try state.directories.begin("shell")
        let writable = LayeredTree(path: state.root, directory, above: tree, isSealed: false)
        try state.directories.adoptRoot(of: writable, installation: environment.installation)
        try state.links.raise(writable, directory)
        state.tree = writable
        environment.display.log(
            .info,
            "The tree is at \(SandboxPaths.root), mkosi-chroot enters it, and changes are discarded"
        )
        return try state.scriptRunner().runShell(for: reached.step.inputs.scripts ?? .postinst, command)
    }
}

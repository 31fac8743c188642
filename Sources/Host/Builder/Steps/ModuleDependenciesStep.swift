import Configuration
import PluginWire
import Support
import TreeEditor

/// Writes the lists by which kernel modules are found, for every kernel of the image.
enum ModuleDependenciesStep: BuildStep {
    static let name = "depmod"
    static let title = "Indexing kernel modules"
    static let inputs = StepInputs(settings: UnsupportedSettings.namesOfModules, programs: ["depmod"])
    static let chain: StepChain? = .image
    static let changesPaths = false

    static func isNeeded(for image: ImageConfiguration) -> Bool { true }

    private static let modules = "/usr/lib/modules/"
    private static let order = "/modules.order"
    private static let firmware = "/usr/lib/firmware/"

    static func paths(for state: BuildState) -> [String] {
        // A kernel's version begins with a digit; nothing else is to be taken for one, or for an option.
        ["\(modules)[0-9]*\(order)", "\(firmware)*"] + tool(for: []).paths
    }

    static func run(_ state: BuildState) throws(Failure) {
        let existing = try state.existingPaths()
        let lists = existing.filter { $0.hasPrefix(modules) && $0.hasSuffix(order) }.sorted()
        if !lists.isEmpty || existing.contains(where: { $0.hasPrefix(firmware) }) {
            try UnsupportedSettings.checkModules(state.image)
        }
        try tool(for: lists).run(on: state, as: self)
    }

    /// Works on the kernels that have these lists of modules.
    private static func tool(for lists: [String]) -> SystemTool {
        SystemTool(
            program: "depmod",
            calls: lists.map { ["--all", String($0.dropFirst(modules.count).dropLast(order.count))] },
            rootOption: "--basedir=",
            needs: lists
        )
    }
}

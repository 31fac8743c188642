import Configuration
import PluginWire
import Support
import TreeWire

/// Writes the lists by which kernel modules are found, for every kernel of the image.
struct ModuleDependenciesStep: BuildStep {
    let name = "depmod"
    let title = "Indexing kernel modules"
    let changesPaths = false
    let inputs = StepInputs(programs: ["depmod"])

    private static let modules = "/usr/lib/modules/"
    private static let order = "/modules.order"

    var paths: [String] {
        // A kernel's version begins with a digit; nothing else is to be taken for one, or for an option.
        ["\(Self.modules)[0-9]*\(Self.order)"] + Self.tool(for: []).paths
    }

    var work: TreeWork? { Self.tool(for: []).treeWork }

    func run(_ context: any StepContext, _ settings: SettingsView<NoSettings>) throws(Failure) {
        let existing = try context.existingPaths()
        let lists = existing.filter { $0.hasPrefix(Self.modules) && $0.hasSuffix(Self.order) }.sorted()
        try Self.tool(for: lists).run(context, title: title, phase: name)
    }

    /// Works on the kernels that have these lists of modules.
    private static func tool(for lists: [String]) -> SystemTool {
        SystemTool(
            program: "depmod",
            calls: lists.map { ["--all", String($0.dropFirst(modules.count).dropLast(order.count))] },
            rootOption: "--basedir=",
            needs: lists,
            work: (
                reads: ["/usr/lib/modules", "/usr/lib/depmod.d", "/etc/depmod.d", "/usr/bin/kmod"],
                writes: ["/usr/lib/modules"]
            )
        )
    }
}

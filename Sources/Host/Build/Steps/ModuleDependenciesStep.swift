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

    static func isNeeded(for image: ImageConfiguration) -> Bool { true }

    static func run(_ state: BuildState) throws(Failure) {
        // A kernel's version begins with a digit; nothing else is to be taken for one, or for an option.
        let modules = "/usr/lib/modules/"
        let found = try state.imageTree.apply([
            TreeEdit(.list, "\(modules)[0-9]*/modules.order"), TreeEdit(.list, "/usr/lib/firmware/*"),
        ]).existing
        let versions = found.filter { $0.hasPrefix(modules) }.map(Self.version)
        let firmware = found.filter { !$0.hasPrefix(modules) }
        if !versions.isEmpty || !firmware.isEmpty { try UnsupportedSettings.checkModules(state.image) }
        try SystemTool(
            program: "depmod",
            calls: versions.map { ["--all", $0] },
            rootOption: "--basedir=",
            needs: versions.map { "/usr/lib/modules/\($0)" }
        ).run(on: state, as: self)
    }

    private static func version(_ path: String) -> String {
        path.split(separator: "/").dropLast().last.map(String.init) ?? ""
    }
}

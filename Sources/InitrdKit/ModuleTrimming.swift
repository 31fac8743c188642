public import BootKit
internal import Glibc
internal import System

/// The kernel modules and the firmware of a tree that nothing chooses, as `KernelModules=` and `FirmwareFiles=` remove them.
public struct ModuleTrimming: Sendable {
    /// Paths below the tree, with a slash at the front, sorted.
    public let unneeded: [String]

    /// Finds them in a tree; what chosen modules need is needed too.
    ///
    /// - Parameters:
    ///   - root: The tree; empty if the process has entered it.
    ///   - modules: Patterns of modules; nil chooses all.
    ///   - firmware: Patterns of firmware besides that of the modules.
    /// - Throws: `BootError` for a pattern or a module that cannot be read.
    public init(tree root: String, modules: [String]?, firmware: [String]) throws(BootError) {
        let (kernels, files) = ("/usr/lib/modules", "/usr/lib/firmware")
        let patterns = try ModulePatterns(modules ?? ["*"], suffix: ".ko")
        let firmwarePatterns = try ModulePatterns(firmware)
        var unneeded: [String] = []
        var needed = FirmwareSelection("\(root)\(files)")
        needed.add([], firmwarePatterns)
        var chosen = needed.paths
        for kernel in (try? Files.list("\(root)\(kernels)"))?.sorted() ?? [] {
            let directory = "\(kernels)/\(kernel)"
            guard Files.kind(of: "\(root)\(directory)") == S_IFDIR else { continue }
            let selection = try ModuleSelection(
                in: "\(root)\(directory)",
                firmware: "\(root)\(files)",
                patterns: patterns,
                firmwarePatterns: firmwarePatterns
            )
            unneeded += selection.others.map { "\(directory)/\($0)" }
            chosen.formUnion(selection.firmware)
        }
        let all = ModuleSelection.files(below: "\(root)\(files)")
        self.unneeded = (unneeded + all.filter { !chosen.contains($0) }.map { "\(files)/\($0)" }).sorted()
    }
}

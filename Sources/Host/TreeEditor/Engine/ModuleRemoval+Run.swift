import BootKit
import Glibc
import InitrdKit
import System
import TreeLinks
public import TreeWire

extension ModuleRemoval {
    /// Removes the files from inside the tree.
    ///
    /// The calling process enters the tree and stays there, as for all changes.
    public func run() throws(TreeEditError) {
        try TreeEditError.check("chroot", root, chroot(root))
        try TreeEditError.check("chdir", root, chdir("/"))
        let standard = ModulePatternList.patterns(ofConfiguration: standard)
        // Nothing would be chosen, and all modules removed.
        if modules.contains("default"), standard.isEmpty {
            throw TreeEditError(
                description: "KernelModules=default names the modules of the default initrd, whose list is missing"
            )
        }
        let list = ModulePatternList(standard: standard, host: host)
        let unneeded: [String]
        do throws(BootError) {
            unneeded = try ModuleTrimming(
                tree: "",
                modules: list.imagePatterns(modules, excluded: excludedModules),
                firmware: ModulePatternList.excluding(excludedFirmware) + firmware
            ).unneeded
        } catch {
            throw TreeEditError(description: error.message)
        }
        for path in unneeded { try TreeRemoval.remove(BytePath(path)) }
    }
}

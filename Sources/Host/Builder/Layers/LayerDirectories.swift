import CFiles
import Glibc
import Support
import System

/// The directories of a workspace that layers are made in, each as a `LayerDirectory` under its name.
struct LayerDirectories: Sendable {
    var directory: String

    /// A new layer.
    func begin(_ name: String) throws(Failure) -> LayerDirectory {
        _ = try make(name)
        return LayerDirectory(path: "\(directory)/\(name)")
    }

    /// The directory of a step whose changes go where those of the steps before it on its chain went.
    func begin(_ name: String, on chain: StepChain) throws(Failure) -> LayerDirectory {
        let common = "chain-\(chain.rawValue)"
        _ = try make(common)
        return LayerDirectory(path: "\(directory)/\(name)", common: "\(directory)/\(common)")
    }

    /// Gives the upper directory what the next lower one has: an overlay's root is the upper's.
    func adoptRoot(of tree: LayeredTree, installation: Installation) throws(Failure) {
        guard let below = tree.lower.last else { return }
        var status = stat()
        if stat(below, &status) == 0, status.st_uid == geteuid(), status.st_gid == getegid(),
            listxattr(below, nil, 0) == 0
        {
            let times = [status.st_mtim, status.st_mtim]
            if chmod(tree.upper, status.st_mode & 0o7777) == 0, utimensat(AT_FDCWD, tree.upper, times, 0) == 0 {
                return
            }
        }
        try LayerSealing(installation: installation).adopt(tree.upper, from: below)
    }

    /// A directory for changes outside a tree: those of build sources.
    func make(_ name: String) throws(Failure) -> (upper: String, work: String) {
        let layer = "\(directory)/\(name)"
        do throws(SystemCallError) {
            for part in ["tree", "work"] { try Files.makeDirectories("\(layer)/\(part)") }
        } catch {
            throw Failure(.system, "Cannot create a layer in the workspace", cause: error)
        }
        return ("\(layer)/tree", "\(layer)/work")
    }
}

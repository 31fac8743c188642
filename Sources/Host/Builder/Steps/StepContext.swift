import ByteKeys
import Configuration
import Display
import PluginWire
import Support
import System
import TreeWire

/// The tree, packages and scripts that a running step works with: everything but the image's settings.
protocol StepContext {
    // MARK: - Messages

    /// Runs something that the user sees as one line, and that is measured as a phase.
    func line<Result>(
        _ title: String,
        _ phase: String,
        _ body: (Step) throws(Failure) -> Result
    ) throws(Failure) -> Result

    func log(_ level: BuildEvent.Level, _ message: String)

    /// Warns of something about the image, in this build and in those that take the step's layer from the cache.
    func warn(_ message: String)

    // MARK: - The tree

    /// The place at which every command sees the tree.
    var root: String { get }
    /// Changes the tree.
    var tree: ImageTree { get }
    /// Runs commands that see the tree.
    var runner: SandboxRunner { get }
    /// Returns those of the `paths` of all steps that are in the tree.
    func existingPaths() throws(Failure) -> ByteSet
    /// Makes the next `existingPaths` look again.
    func forgetPaths()
    /// Returns what scripts have left in a shared directory so far.
    func content(of directory: SharedDirectory) -> SharedContent?

    // MARK: - Scripts and packages

    /// Runs the scripts of a kind as one line; `round` distinguishes several runs of one kind.
    func runScripts(_ kind: ScriptKind, _ title: String, arguments: [String], round: String) throws(Failure)

    /// True if the packages of the running layer come on top of a layer that was made for fewer of them.
    var isAddition: Bool { get }
    /// Installs the packages of the running layer.
    func installPackages() throws(Failure)

    /// True if the image has a package manager.
    var hasPackageManager: Bool { get }

    func removePackages(_ names: [String]) throws(Failure)

    /// Lists the installed packages, keeps the list in the step's result, and returns where the databases are.
    ///
    /// With `licenses`, plugins may have to read a file of each package.
    func listPackages(licenses: Bool) throws(Failure) -> [String]

    /// The packages that have the data of settings such as `Keymap=`, by setting, where the distribution names them.
    var settingPackages: [String: String] { get }
}

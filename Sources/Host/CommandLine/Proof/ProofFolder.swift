import Build
import Configuration
import Support

/// A folder for builds whose results are only compared, and the options that let builds use it.
///
/// It is a workspace: a killed check leaves nothing.
struct ProofFolder: ~Copyable {
    private var workspace: Workspace
    private let option: String

    /// Lets a check work in a new folder, which is gone when the check has ended, however it ends.
    static func whileThere<Result>(
        for image: ImageConfiguration,
        _ context: CommandContext,
        option: String,
        _ check: (borrowing ProofFolder) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        var folder = try ProofFolder(for: image, context, option: option)
        do throws(Failure) {
            let result = try check(folder)
            folder.workspace.remove()
            return result
        } catch {
            folder.workspace.remove()
            throw error
        }
    }

    private init(for image: ImageConfiguration, _ context: CommandContext, option: String) throws(Failure) {
        self.option = option
        workspace = try Workspace.make(
            in: image.workspaceDirectory(environment: context.host.environment),
            installation: .current()
        )
    }

    var path: String { workspace.path }

    /// A folder in it.
    func folder(_ name: String) throws(Failure) -> String {
        let folder = "\(path)/proof/\(name)"
        do throws(SystemCallError) {
            try Files.makeDirectories(folder)
        } catch {
            throw Failure(.system, "Cannot make a folder for builds that are compared", cause: error)
        }
        return folder
    }

    /// The configuration of a build from nothing: no layer, no build directory and no changed source of an earlier one.
    func context(
        _ context: CommandContext,
        of main: ImageConfiguration,
        name: String
    ) throws(Failure) -> CommandContext {
        let base = try folder(name)
        var settings = [
            ("CacheDirectory", "\(base)/cache"), ("Incremental", "yes"),
            ("OutputDirectory", try folder("\(name)/outputs")),
            ("WorkspaceDirectory", try folder("\(name)/workspaces")),
            ("PackageCacheDirectory", main.packageCacheDirectory(environment: context.host.environment)),
        ]
        if main.buildDirectory != nil { settings.append(("BuildDirectory", try folder("\(name)/build"))) }
        if main.value(named: "BuildSourcesEphemeral").text == "no" { settings.append(("BuildSourcesEphemeral", "yes")) }
        var result = context
        result.invocation.settings += settings.map { .init(option: option, setting: $0.0, text: $0.1) }
        return result
    }
}

import Builder
import Configuration
import Support
import System

/// A directory for builds whose results are only compared, and the options that let builds use it.
///
/// It is a workspace: a killed check leaves nothing.
struct ProofDirectory: ~Copyable {
    private var workspace: Workspace
    private let option: String

    /// Runs a check in a new directory, which is removed when the check ends, however it ends.
    static func whileThere<Result>(
        for image: ImageConfiguration,
        _ context: CommandContext,
        option: String,
        _ check: (borrowing ProofDirectory) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        var directory = try ProofDirectory(for: image, context, option: option)
        do throws(Failure) {
            let result = try check(directory)
            directory.workspace.remove()
            return result
        } catch {
            directory.workspace.remove()
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

    /// A directory in it.
    func directory(_ name: String) throws(Failure) -> String {
        let directory = "\(path)/proof/\(name)"
        do throws(SystemCallError) {
            try Files.makeDirectories(directory)
        } catch {
            throw Failure(.system, "Cannot create a directory for compared builds", cause: error)
        }
        return directory
    }

    /// The configuration of a build from nothing: no layer, no build directory and no changed source of an earlier one.
    func context(
        _ context: CommandContext,
        of main: ImageConfiguration,
        name: String
    ) throws(Failure) -> CommandContext {
        let base = try directory(name)
        var settings = [
            (settingName(.cacheDirectory), "\(base)/cache"), (settingName(.incremental), "yes"),
            (settingName(.outputDirectory), try directory("\(name)/outputs")),
            (settingName(.workspaceDirectory), try directory("\(name)/workspaces")),
            (settingName(.packageCacheDirectory), main.packageCacheDirectory(environment: context.host.environment)),
        ]
        if main.buildDirectory != nil {
            settings.append((settingName(.buildDirectory), try directory("\(name)/build")))
        }
        if main.value(of: .buildSourcesEphemeral).text == "no" {
            settings.append((settingName(.buildSourcesEphemeral), "yes"))
        }
        var result = context.withoutWarnings
        result.invocation.settings += settings.map { .init(option: option, setting: $0.0, text: $0.1) }
        return result
    }
}

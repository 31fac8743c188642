import Configuration
import Support

extension Workspace {
    /// Makes a workspace for an image, does something in it, and removes it however that ends.
    ///
    /// `companions` are removed, too; with `keep` the workspace stays for a look at it.
    static func with<Result>(
        for image: ImageConfiguration,
        _ environment: BuildEnvironment,
        _ variables: [String: String],
        companions: [String] = [],
        keep: Bool = false,
        _ body: (borrowing Workspace) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        var workspace = try make(
            in: image.workspaceDirectory(environment: variables),
            companions: companions,
            installation: environment.installation,
            keep: keep
        )
        do throws(Failure) {
            let result = try body(workspace)
            environment.timing.measure("clean") { workspace.remove() }
            return result
        } catch {
            workspace.remove()
            throw error
        }
    }
}

public import Configuration
public import Support

/// Runs the clean scripts of an image that is not being built.
public enum CleanScripts {
    public static func run(
        of image: ImageConfiguration,
        environment: BuildEnvironment,
        variables: [String: String]
    ) throws(Failure) {
        if image[.cleanScripts].isEmpty { return }
        try ScriptFiles.check(image)
        var workspace = try Workspace.make(
            in: image.workspaceDirectory(environment: variables),
            installation: environment.installation
        )
        do throws(Failure) {
            try ScriptWorkspace(image: image, environment: environment, variables: variables).clean(in: workspace)
        } catch {
            workspace.remove()
            throw error
        }
        workspace.remove()
    }
}

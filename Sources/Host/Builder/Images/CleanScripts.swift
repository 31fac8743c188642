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
        let environment = environment.with(toolsOf: image)
        try ScriptFiles.check(image)
        try Workspace.with(for: image, environment, variables) { workspace throws(Failure) in
            try ScriptWorkspace(image: image, environment: environment, variables: variables).clean(in: workspace)
        }
    }
}

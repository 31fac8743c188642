/// The tools that a build uses.
extension SettingTable {
    static let toolsTree: [SettingDefinition] = rows(
        of: .build,
        [
            Row(
                "ToolsTree",
                .path(.init(required: true, constants: ["default", "yes", "no"])),
                "Take the tools of the build from this tree"
            )
            .option("--tools-tree", nil, "PATH").scope(.universal).path("mkosi.tools"),
            Row("ToolsTreeDistribution", .distribution, "Distribution of the default tools tree")
                .option("--tools-tree-distribution").standard(.computed(.toolsTreeDistribution)).scope(.tools)
                .match(.equal),
            Row("ToolsTreeRelease", .text, "Release of the default tools tree")
                .option("--tools-tree-release", nil, "RELEASE").standard(.computed(.toolsTreeRelease)).scope(.tools)
                .match(.equal),
            Row("ToolsTreeProfiles", .texts, "Profiles of the default tools tree")
                .option("--tools-tree-profile", nil, "PROFILE").standard(.list(["misc", "package-manager", "runtime"]))
                .scope(.tools),
            Row("ToolsTreeMirror", .text, "Server that packages of the default tools tree come from")
                .option("--tools-tree-mirror", nil, "MIRROR").standard(.computed(.toolsTreeMirror)).scope(.tools),
            Row("ToolsTreeRepositories", .texts, "Repositories to use for the default tools tree as well")
                .option("--tools-tree-repository", nil, "REPOS").scope(.tools),
            Row("ToolsTreeSandboxTrees", .list(.tree(required: true)), "Sandbox trees for the default tools tree")
                .option("--tools-tree-sandbox-tree", nil, "PATH")
                .old(["ToolsTreePackageManagerTrees"], options: ["--tools-tree-package-manager-tree"]).scope(.tools),
            Row("ToolsTreePackages", .texts, "Install these packages in the default tools tree too")
                .option("--tools-tree-package", nil, "PACKAGE").scope(.tools),
            Row("ToolsTreePackageDirectories", .existingPathList, "Package directories for the default tools tree")
                .option("--tools-tree-package-directory", nil, "PATH").scope(.tools),
            Row("ToolsTreeCertificates", .boolean, "Take certificates from the tools tree")
                .option("--tools-tree-certificates", nil, "BOOL").standard(.bool(true)).scope(.universal),
            Row("ExtraSearchPaths", .pathList, "Look for tools in these directories first")
                .option("--extra-search-path", nil, "PATH").scope(.universal),
        ]
    )
}

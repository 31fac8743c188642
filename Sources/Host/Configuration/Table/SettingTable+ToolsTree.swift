/// Settings of the build tools.
extension SettingTable {
    static let toolsTree: [SettingDefinition] = rows(
        of: .build,
        [
            Row(
                "ToolsTree",
                .path(.init(required: true, constants: ["default", "yes", "no"])),
                "Tree to take the build tools from"
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
            Row("ToolsTreeMirror", .text, "Mirror for packages of the default tools tree")
                .option("--tools-tree-mirror", nil, "MIRROR").standard(.computed(.toolsTreeMirror)).scope(.tools),
            Row("ToolsTreeRepositories", .texts, "Additional repositories for the default tools tree")
                .option("--tools-tree-repository", nil, "REPOS").scope(.tools),
            Row("ToolsTreeSandboxTrees", .list(.tree(required: true)), "Sandbox trees for the default tools tree")
                .option("--tools-tree-sandbox-tree", nil, "PATH")
                .old(["ToolsTreePackageManagerTrees"], options: ["--tools-tree-package-manager-tree"]).scope(.tools),
            Row("ToolsTreePackages", .texts, "Additional packages for the default tools tree")
                .option("--tools-tree-package", nil, "PACKAGE").scope(.tools),
            Row("ToolsTreePackageDirectories", .existingPathList, "Package directories for the default tools tree")
                .option("--tools-tree-package-directory", nil, "PATH").scope(.tools),
            Row("ToolsTreeCertificates", .boolean, "Use the certificates of the tools tree")
                .option("--tools-tree-certificates", nil, "BOOL").standard(.bool(true)).scope(.universal),
            Row("ExtraSearchPaths", .pathList, "Directories to search first for tools")
                .option("--extra-search-path", nil, "PATH").scope(.universal),
        ]
    )
}

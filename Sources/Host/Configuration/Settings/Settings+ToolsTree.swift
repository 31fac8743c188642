/// Settings of the build tools.
extension SettingTable {
    static let toolsTree: [SettingDefinition] = rows(
        of: .build,
        [
            row(.toolsTree),
            row(.toolsTreeDistribution),
            row(.toolsTreeRelease),
            row(.toolsTreeProfiles),
            row(.toolsTreeMirror),
            row(.toolsTreeRepositories),
            row(.toolsTreeSandboxTrees),
            row(.toolsTreePackages),
            row(.toolsTreePackageDirectories),
            row(.toolsTreeCertificates),
            row(.extraSearchPaths),
        ]
    )
}

extension Setting where Content == String? {
    public static var toolsTree: Self {
        Self("ToolsTree") {
            Row(
                $0,
                .path(.init(required: true, constants: ["default", "yes", "no"])),
                "Tree to take the build tools from"
            )
            .option("--tools-tree", nil, "PATH").scope(.universal).path("mkosi.tools")
        }
    }

    public static var toolsTreeDistribution: Self {
        Self("ToolsTreeDistribution") {
            Row($0, .distribution, "Distribution of the default tools tree")
                .option("--tools-tree-distribution").standard(.computed(.toolsTreeDistribution)).scope(.tools)
                .match(.equal)
        }
    }

    public static var toolsTreeRelease: Self {
        Self("ToolsTreeRelease") {
            Row($0, .text, "Release of the default tools tree")
                .option("--tools-tree-release", nil, "RELEASE").standard(.computed(.toolsTreeRelease)).scope(.tools)
                .match(.equal)
        }
    }

    public static var toolsTreeMirror: Self {
        Self("ToolsTreeMirror") {
            Row($0, .url, "Mirror for packages of the default tools tree")
                .option("--tools-tree-mirror", nil, "MIRROR").standard(.computed(.toolsTreeMirror)).scope(.tools)
        }
    }
}

extension Setting where Content == [String] {
    public static var toolsTreeProfiles: Self {
        Self("ToolsTreeProfiles") {
            Row($0, .texts, "Profiles of the default tools tree")
                .option("--tools-tree-profile", nil, "PROFILE").standard(.list(["misc", "package-manager", "runtime"]))
                .scope(.tools).offering(Words.toolsTreeProfiles)
        }
    }

    public static var toolsTreeRepositories: Self {
        Self("ToolsTreeRepositories") {
            Row($0, .texts, "Additional repositories for the default tools tree")
                .option("--tools-tree-repository", nil, "REPOS").scope(.tools)
        }
    }

    public static var toolsTreePackages: Self {
        Self("ToolsTreePackages") {
            Row($0, .texts, "Additional packages for the default tools tree")
                .option("--tools-tree-package", nil, "PACKAGE").scope(.tools)
        }
    }

    public static var toolsTreePackageDirectories: Self {
        Self("ToolsTreePackageDirectories") {
            Row($0, .existingPathList, "Package directories for the default tools tree")
                .option("--tools-tree-package-directory", nil, "PATH").scope(.tools)
        }
    }

    public static var extraSearchPaths: Self {
        Self("ExtraSearchPaths") {
            Row($0, .pathList, "Directories to search first for tools")
                .option("--extra-search-path", nil, "PATH").scope(.universal)
        }
    }
}

extension Setting where Content == [Tree] {
    public static var toolsTreeSandboxTrees: Self {
        Self("ToolsTreeSandboxTrees") {
            Row($0, .list(.tree(required: true)), "Sandbox trees for the default tools tree")
                .option("--tools-tree-sandbox-tree", nil, "PATH")
                .old(["ToolsTreePackageManagerTrees"], options: ["--tools-tree-package-manager-tree"]).scope(.tools)
        }
    }
}

extension Setting where Content == Bool {
    public static var toolsTreeCertificates: Self {
        Self("ToolsTreeCertificates") {
            Row($0, .boolean, "Use the certificates of the tools tree")
                .option("--tools-tree-certificates", nil, "BOOL").standard(.bool(true)).scope(.universal)
        }
    }
}

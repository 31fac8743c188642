/// Settings of packages and trees.
extension SettingTable {
    static let packages: [SettingDefinition] = rows(
        of: .content,
        [
            Row("Packages", .packages, "Packages to install in the image")
                .option("--package", "p", "PACKAGE").scope(.local, tools: true),
            Row("BuildPackages", .packages, "Packages to install for the build scripts only")
                .option("--build-package", nil, "PACKAGE"),
            Row("VolatilePackages", .packages, "Packages to install late that do not invalidate caches")
                .option("--volatile-package", nil, "PACKAGE"),
            Row(
                "PackageDirectories",
                .existingPathList,
                "Directories of local packages"
            )
            .option("--package-directory", nil, "PATH").scope(.universal, tools: true).path("mkosi.packages"),
            Row(
                "VolatilePackageDirectories",
                .pathList,
                "Directories of local packages that do not invalidate caches"
            )
            .option("--volatile-package-directory", nil, "PATH").scope(.universal),
            Row("WithRecommends", .boolean, "Install recommended packages")
                .option("--with-recommends", nil, "BOOL"),
            Row("WithDocs", .boolean, "Install documentation")
                .option("--with-docs", nil, "BOOL").standard(.bool(true)),
            Row("BaseTrees", .pathList, "Trees to build the image on")
                .option("--base-tree", nil, "PATH"),
            Row(
                "SkeletonTrees",
                .list(.tree(required: true)),
                "Trees to copy into the image before packages are installed"
            )
            .option("--skeleton-tree", nil, "PATH").path("mkosi.skeleton", "mkosi.skeleton.tar"),
            Row("ExtraTrees", .list(.tree()), "Trees to copy into the image after packages are installed")
                .option("--extra-tree", nil, "PATH").path("mkosi.extra", "mkosi.extra.tar"),
            Row("RemovePackages", .texts, "Packages to remove near the end of the build")
                .option("--remove-package", nil, "PACKAGE"),
            Row(
                "RemoveFiles",
                .texts,
                "Files to remove near the end of the build, as patterns; `**` matches directories at any depth"
            )
            .option("--remove-files", nil, "GLOB"),
            Row("CleanPackageMetadata", .feature, "Remove the package manager's databases at the end of the build")
                .option("--clean-package-metadata", nil, "FEATURE"),
            Row(
                "SourceDateEpoch",
                .integer(min: 0, max: .max),
                "Clamp file timestamps to this time (seconds since the epoch)"
            )
            .option("--source-date-epoch", nil, "TIMESTAMP").standard(.computed(.sourceDateEpoch))
            .scope(.multiversal),
        ]
    )
}

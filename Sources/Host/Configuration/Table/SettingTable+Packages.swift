/// What goes into the image.
extension SettingTable {
    static let packages: [SettingDefinition] = rows(
        of: .content,
        [
            Row("Packages", .packages, "Install these packages in the image")
                .option("--package", "p", "PACKAGE").scope(.local, tools: true),
            Row("BuildPackages", .packages, "Install these packages only for the build scripts")
                .option("--build-package", nil, "PACKAGE"),
            Row("VolatilePackages", .packages, "Install these packages late, outside of any cache")
                .option("--volatile-package", nil, "PACKAGE"),
            Row(
                "PackageDirectories",
                .existingPathList,
                "Offer the package files in these directories for installation"
            )
            .option("--package-directory", nil, "PATH").scope(.universal, tools: true).path("mkosi.packages"),
            Row(
                "VolatilePackageDirectories",
                .pathList,
                "Offer package files from these directories without making caches depend on them"
            )
            .option("--volatile-package-directory", nil, "PATH").scope(.universal),
            Row("WithRecommends", .boolean, "Install weak dependencies too")
                .option("--with-recommends", nil, "BOOL"),
            Row("WithDocs", .boolean, "Install documentation")
                .option("--with-docs", nil, "BOOL").standard(.bool(true)),
            Row("BaseTrees", .pathList, "Start from these trees instead of an empty one")
                .option("--base-tree", nil, "PATH"),
            Row(
                "SkeletonTrees",
                .list(.tree(required: true)),
                "Copy these trees into the image before packages are installed"
            )
            .option("--skeleton-tree", nil, "PATH").path("mkosi.skeleton", "mkosi.skeleton.tar"),
            Row("ExtraTrees", .list(.tree()), "Copy these trees into the image after packages are installed")
                .option("--extra-tree", nil, "PATH").path("mkosi.extra", "mkosi.extra.tar"),
            Row("RemovePackages", .texts, "Remove these packages near the end")
                .option("--remove-package", nil, "PACKAGE"),
            Row(
                "RemoveFiles",
                .texts,
                "Remove the files that these patterns match near the end; `**` stands for directories of any depth"
            )
            .option("--remove-files", nil, "GLOB"),
            Row("CleanPackageMetadata", .feature, "Remove the package manager's databases at the end")
                .option("--clean-package-metadata", nil, "FEATURE"),
            Row(
                "SourceDateEpoch",
                .integer(min: 0, max: .max),
                "Let no time stamp be later than this, in seconds since 1970"
            )
            .option("--source-date-epoch", nil, "TIMESTAMP").standard(.computed(.sourceDateEpoch))
            .scope(.multiversal),
        ]
    )
}

/// Settings of packages and trees.
extension SettingTable {
    static let packages: [SettingDefinition] = rows(
        of: .content,
        [
            row(.packages),
            row(.buildPackages),
            row(.volatilePackages),
            row(.packageDirectories),
            row(.volatilePackageDirectories),
            row(.withRecommends),
            row(.withDocs),
            row(.baseTrees),
            row(.skeletonTrees),
            row(.extraTrees),
            row(.removePackages),
            row(.removeFiles),
            row(.cleanPackageMetadata),
            row(.sourceDateEpoch),
        ]
    )
}

extension Setting where Content == [String] {
    public static var packages: Self {
        Self("Packages") {
            Row($0, .packages, "Packages to install in the image")
                .option("--package", "p", "PACKAGE").scope(.local, tools: true)
        }
    }

    public static var buildPackages: Self {
        Self("BuildPackages") {
            Row($0, .packages, "Packages to install for the build scripts only")
                .option("--build-package", nil, "PACKAGE")
        }
    }

    public static var volatilePackages: Self {
        Self("VolatilePackages") {
            Row($0, .packages, "Packages to install late that do not invalidate caches")
                .option("--volatile-package", nil, "PACKAGE")
        }
    }

    public static var packageDirectories: Self {
        Self("PackageDirectories") {
            Row($0, .existingPathList, "Directories of local packages")
                .option("--package-directory", nil, "PATH").scope(.universal, tools: true).path("mkosi.packages")
        }
    }

    public static var volatilePackageDirectories: Self {
        Self("VolatilePackageDirectories") {
            Row($0, .pathList, "Directories of local packages that do not invalidate caches")
                .option("--volatile-package-directory", nil, "PATH").scope(.universal)
        }
    }

    public static var baseTrees: Self {
        Self("BaseTrees") {
            Row($0, .pathList, "Trees to build the image on")
                .option("--base-tree", nil, "PATH")
        }
    }

    public static var removePackages: Self {
        Self("RemovePackages") {
            Row($0, .texts, "Packages to remove near the end of the build")
                .option("--remove-package", nil, "PACKAGE")
        }
    }

    public static var removeFiles: Self {
        Self("RemoveFiles") {
            Row(
                $0,
                .texts,
                "Files to remove near the end of the build, as patterns; `**` matches directories at any depth"
            )
            .option("--remove-files", nil, "GLOB")
        }
    }
}

extension Setting where Content == Bool {
    public static var withRecommends: Self {
        Self("WithRecommends") {
            Row($0, .boolean, "Install recommended packages")
                .option("--with-recommends", nil, "BOOL")
        }
    }

    public static var withDocs: Self {
        Self("WithDocs") {
            Row($0, .boolean, "Install documentation")
                .option("--with-docs", nil, "BOOL").standard(.bool(true))
        }
    }
}

extension Setting where Content == [Tree] {
    public static var skeletonTrees: Self {
        Self("SkeletonTrees") {
            Row($0, .list(.tree(required: true)), "Trees to copy into the image before packages are installed")
                .option("--skeleton-tree", nil, "PATH").path("mkosi.skeleton", "mkosi.skeleton.tar")
        }
    }

    public static var extraTrees: Self {
        Self("ExtraTrees") {
            Row($0, .list(.tree()), "Trees to copy into the image after packages are installed")
                .option("--extra-tree", nil, "PATH").path("mkosi.extra", "mkosi.extra.tar")
        }
    }
}

extension Setting where Content == Feature {
    public static var cleanPackageMetadata: Self {
        Self("CleanPackageMetadata") {
            Row($0, .feature, "Remove the package manager's databases at the end of the build")
                .option("--clean-package-metadata", nil, "FEATURE")
        }
    }
}

extension Setting where Content == Int? {
    public static var sourceDateEpoch: Self {
        Self("SourceDateEpoch") {
            Row($0, .integer(min: 0, max: .max), "Clamp file timestamps to this time (seconds since the epoch)")
                .option("--source-date-epoch", nil, "TIMESTAMP").standard(.computed(.sourceDateEpoch))
                .scope(.multiversal)
        }
    }
}

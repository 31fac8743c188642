/// Settings of the build itself.
extension SettingTable {
    static let build: [SettingDefinition] = rows(
        of: .build,
        [
            Row(
                "Incremental",
                .choice(Words.incremental, yes: "yes", no: "no"),
                "Keep the result of each step and reuse it in later builds"
            )
            .option("--incremental", "i").withoutArgument("yes").standard(.text("no")).scope(.universal),
            Row(
                "CacheOnly",
                .choice(Words.cacheonly, yes: "always", no: "auto"),
                "When to use the network for metadata and packages"
            )
            .option("--cache-only").standard(.text("auto")).scope(.inherit),
            Row(
                "SandboxTrees",
                .list(.tree(required: true)),
                "Trees to copy into the build sandbox, such as package manager configuration"
            )
            .option("--sandbox-tree", nil, "PATH").old(["PackageManagerTrees"], options: ["--package-manager-tree"])
            .scope(.universal, tools: true)
            .path("mkosi.sandbox", "mkosi.sandbox.tar", "mkosi.pkgmngr", "mkosi.pkgmngr.tar"),
            Row("WorkspaceDirectory", .anyPath, "Directory for temporary files of the build")
                .option("--workspace-directory", nil, "DIR").old(options: ["--workspace-dir"]).scope(.multiversal),
            Row("CacheDirectory", .anyPath, "Directory for cached layers and metadata")
                .option("--cache-directory", nil, "PATH").old(options: ["--cache-dir"]).scope(.universal)
                .path("mkosi.cache"),
            Row("CacheKey", .text, "Name of this image's cache")
                .option("--cache-key", nil, "KEY").standard(.text("&d~&r~&a~&I")).scope(.inherit),
            Row("PackageCacheDirectory", .anyPath, "Directory for downloaded packages")
                .option("--package-cache-directory", nil, "PATH").old(options: ["--package-cache-dir"])
                .scope(.multiversal).path("mkosi.pkgcache"),
            Row("BuildDirectory", .anyPath, "Directory in which build scripts keep their results")
                .option("--build-directory", nil, "PATH").old(options: ["--build-dir"]).scope(.universal)
                .path("mkosi.builddir"),
            Row("BuildKey", .text, "Name of this image's subdirectory of the build directory")
                .option("--build-key", nil, "KEY").standard(.text("&d~&r~&a")).scope(.inherit),
            Row("UseSubvolumes", .feature, "Use btrfs subvolumes where the file system supports them")
                .option("--use-subvolumes", nil, "FEATURE").scope(.universal),
            Row("RepartOffline", .boolean, "Build disk images without loop devices")
                .option("--repart-offline").standard(.bool(true)).scope(.universal),
            Row("History", .boolean, "Store the options of the last build for later verbs")
                .option("--history", nil, "BOOL").scope(.main),
            Row(
                "BuildSources",
                .list(.tree(required: true, absolute: false, directory: true)),
                "Directories to mount for build scripts"
            )
            .option("--build-sources", nil, "PATH").standard(.computed(.buildSources)).scope(.multiversal)
            .match(.treeTarget),
            Row(
                "BuildSourcesEphemeral",
                .choice(Words.buildSourcesEphemeral, yes: "yes", no: "no"),
                "Discard changes that scripts make to the build sources"
            )
            .option("--build-sources-ephemeral").standard(.text("no")).scope(.multiversal),
            Row("Environment", .dictionary(.environment), "Environment variables for package managers and scripts")
                .option("--environment", "E", "NAME[=VALUE]").scope(.local, tools: true).match(.environment),
            Row("EnvironmentFiles", .pathList, "Files to read environment variables from")
                .option("--env-file", nil, "PATH").scope(.local, tools: true).path("mkosi.env"),
            Row("WithTests", .boolean, "Ask build scripts to run their tests")
                .option("--with-tests", "T").withoutArgument("no").standard(.bool(true)).scope(.universal),
            Row("WithNetwork", .boolean, "Allow build scripts to use the network")
                .option("--with-network", nil, "BOOL").scope(.universal),
            Row("ProxyUrl", .text, "Proxy for all network access")
                .option("--proxy-url", nil, "URL").standard(.computed(.proxyURL)).scope(.multiversal),
            Row("ProxyExclude", .texts, "Hosts to reach without the proxy")
                .option("--proxy-exclude", nil, "HOST").standard(.computed(.proxyExclude)).scope(.multiversal),
            Row("ProxyPeerCertificate", .existingPath, "CA certificates for the proxy")
                .option("--proxy-peer-certificate").standard(.computed(.proxyPeerCertificate)).scope(.multiversal),
            Row(
                "ProxyClientCertificate",
                .path(.init(required: true, secret: true)),
                "Client certificate for the proxy"
            )
            .option("--proxy-client-certificate").scope(.multiversal),
            Row(
                "ProxyClientKey",
                .path(.init(required: true, secret: true)),
                "Private key of the client certificate for the proxy"
            )
            .option("--proxy-client-key").standard(.computed(.proxyClientKey)).scope(.multiversal),
            Row("MakeScriptsExecutable", .boolean, "Make scripts executable that are not")
                .option("--make-scripts-executable", nil, "BOOL").scope(.multiversal),
            Row("ForeignUIDRange", .boolean, "Assign directory outputs to the foreign UID range")
                .option("--foreign-uid-range").scope(.main),
        ]
    )
}

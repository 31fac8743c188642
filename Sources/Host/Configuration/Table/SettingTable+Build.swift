/// How the build works.
extension SettingTable {
    static let build: [SettingDefinition] = rows(
        of: .build,
        [
            Row(
                "Incremental",
                .choice(Words.incremental, yes: "yes", no: "no"),
                "Keep the state after package installation and start from it the next time"
            )
            .option("--incremental", "i").withoutArgument("yes").standard(.text("no")).scope(.universal),
            Row(
                "CacheOnly",
                .choice(Words.cacheonly, yes: "always", no: "auto"),
                "When the network may be asked for metadata and packages"
            )
            .option("--cache-only").standard(.text("auto")).scope(.inherit),
            Row(
                "SandboxTrees",
                .list(.tree(required: true)),
                "Copy these trees into the build sandbox, for example configuration of the package manager"
            )
            .option("--sandbox-tree", nil, "PATH").old(["PackageManagerTrees"], options: ["--package-manager-tree"])
            .scope(.universal, tools: true)
            .path("mkosi.sandbox", "mkosi.sandbox.tar", "mkosi.pkgmngr", "mkosi.pkgmngr.tar"),
            Row("WorkspaceDirectory", .anyPath, "Directory for scratch space")
                .option("--workspace-directory", nil, "DIR").old(options: ["--workspace-dir"]).scope(.multiversal),
            Row("CacheDirectory", .anyPath, "Directory for caches of image states")
                .option("--cache-directory", nil, "PATH").old(options: ["--cache-dir"]).scope(.universal)
                .path("mkosi.cache"),
            Row("CacheKey", .text, "Name of this image's cache")
                .option("--cache-key", nil, "KEY").standard(.text("&d~&r~&a~&I")).scope(.inherit),
            Row("PackageCacheDirectory", .anyPath, "Directory for downloaded packages")
                .option("--package-cache-directory", nil, "PATH").old(options: ["--package-cache-dir"])
                .scope(.multiversal).path("mkosi.pkgcache"),
            Row("BuildDirectory", .anyPath, "Directory that build scripts keep their results in")
                .option("--build-directory", nil, "PATH").old(options: ["--build-dir"]).scope(.universal)
                .path("mkosi.builddir"),
            Row("BuildKey", .text, "Name of this image's part of the build directory")
                .option("--build-key", nil, "KEY").standard(.text("&d~&r~&a")).scope(.inherit),
            Row("UseSubvolumes", .feature, "Use subvolumes where the file system has them")
                .option("--use-subvolumes", nil, "FEATURE").scope(.universal),
            Row("RepartOffline", .boolean, "Make disk images without loop devices")
                .option("--repart-offline").standard(.bool(true)).scope(.universal),
            Row("History", .boolean, "Keep the options of a build for the verbs that use its result")
                .option("--history", nil, "BOOL").scope(.main),
            Row(
                "BuildSources",
                .list(.tree(required: true, absolute: false, directory: true)),
                "Directories to show to build scripts"
            )
            .option("--build-sources", nil, "PATH").standard(.computed(.buildSources)).scope(.multiversal)
            .match(.treeTarget),
            Row(
                "BuildSourcesEphemeral",
                .choice(Words.buildSourcesEphemeral, yes: "yes", no: "no"),
                "Throw away what scripts change in the build sources"
            )
            .option("--build-sources-ephemeral").standard(.text("no")).scope(.multiversal),
            Row("Environment", .dictionary(.environment), "Environment variables of package managers and scripts")
                .option("--environment", "E", "NAME[=VALUE]").scope(.local, tools: true).match(.environment),
            Row("EnvironmentFiles", .pathList, "Read environment variables from these files")
                .option("--env-file", nil, "PATH").scope(.local, tools: true).path("mkosi.env"),
            Row("WithTests", .boolean, "Tell build scripts to run their tests")
                .option("--with-tests", "T").withoutArgument("no").standard(.bool(true)).scope(.universal),
            Row("WithNetwork", .boolean, "Let build scripts reach the network")
                .option("--with-network", nil, "BOOL").scope(.universal),
            Row("ProxyUrl", .text, "Proxy for all network access")
                .option("--proxy-url", nil, "URL").standard(.computed(.proxyURL)).scope(.multiversal),
            Row("ProxyExclude", .texts, "Hosts that are reached without the proxy")
                .option("--proxy-exclude", nil, "HOST").standard(.computed(.proxyExclude)).scope(.multiversal),
            Row("ProxyPeerCertificate", .existingPath, "Certificates to check the proxy with")
                .option("--proxy-peer-certificate").standard(.computed(.proxyPeerCertificate)).scope(.multiversal),
            Row(
                "ProxyClientCertificate",
                .path(.init(required: true, secret: true)),
                "Certificate to show to the proxy"
            )
            .option("--proxy-client-certificate").scope(.multiversal),
            Row(
                "ProxyClientKey",
                .path(.init(required: true, secret: true)),
                "Private key for the certificate to show to the proxy"
            )
            .option("--proxy-client-key").standard(.computed(.proxyClientKey)).scope(.multiversal),
            Row("MakeScriptsExecutable", .boolean, "Make scripts executable that are not")
                .option("--make-scripts-executable", nil, "BOOL").scope(.multiversal),
            Row("ForeignUIDRange", .boolean, "Give directory outputs to the foreign range of user IDs")
                .option("--foreign-uid-range").scope(.main),
        ]
    )
}

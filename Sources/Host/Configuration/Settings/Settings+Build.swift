public import ByteKeys

/// Settings of the build itself.
extension SettingTable {
    static let build: [SettingDefinition] = rows(
        of: .build,
        [
            row(.incremental),
            row(.cacheOnly),
            row(.sandboxTrees),
            row(.workspaceDirectory),
            row(.cacheDirectory),
            row(.cacheKey),
            row(.packageCacheDirectory),
            row(.buildDirectory),
            row(.buildKey),
            row(.useSubvolumes),
            row(.repartOffline),
            row(.history),
            row(.buildSources),
            row(.buildSourcesEphemeral),
            row(.environment),
            row(.environmentFiles),
            row(.withTests),
            row(.withNetwork),
            row(.proxyURL),
            row(.proxyExclude),
            row(.proxyPeerCertificate),
            row(.proxyClientCertificate),
            row(.proxyClientKey),
            row(.makeScriptsExecutable),
            row(.foreignUIDRange),
        ]
    )
}

extension Setting where Content == String {
    /// `yes`, `no` or `strict`.
    public static var incremental: Self {
        Self("Incremental") {
            Row(
                $0,
                .choice(Words.incremental, yes: "yes", no: "no"),
                "Keep the result of each step and reuse it in later builds"
            )
            .option("--incremental", "i").withoutArgument("yes").standard(.text("no")).scope(.universal)
        }
    }

    /// `always`, `auto`, `metadata` or `never`.
    public static var cacheOnly: Self {
        Self("CacheOnly") {
            Row(
                $0,
                .choice(Words.cacheonly, yes: "always", no: "auto"),
                "When to use the network for metadata and packages"
            )
            .option("--cache-only").standard(.text("auto")).scope(.inherit)
        }
    }

    public static var cacheKey: Self {
        Self("CacheKey") {
            Row($0, .text, "Name of this image's cache")
                .option("--cache-key", nil, "KEY").standard(.text("&d~&r~&a~&I")).scope(.inherit)
        }
    }

    public static var buildKey: Self {
        Self("BuildKey") {
            Row($0, .text, "Name of this image's subdirectory of the build directory")
                .option("--build-key", nil, "KEY").standard(.text("&d~&r~&a")).scope(.inherit)
        }
    }

    /// `yes`, `no` or `buildcache`.
    public static var buildSourcesEphemeral: Self {
        Self("BuildSourcesEphemeral") {
            Row(
                $0,
                .choice(Words.buildSourcesEphemeral, yes: "yes", no: "no"),
                "Discard changes that scripts make to the build sources"
            )
            .option("--build-sources-ephemeral").standard(.text("no")).scope(.multiversal)
        }
    }
}

extension Setting where Content == [Tree] {
    public static var sandboxTrees: Self {
        Self("SandboxTrees") {
            Row(
                $0,
                .list(.tree(required: true)),
                "Trees to copy into the build sandbox, such as package manager configuration"
            )
            .option("--sandbox-tree", nil, "PATH").old(["PackageManagerTrees"], options: ["--package-manager-tree"])
            .scope(.universal, tools: true)
            .path("mkosi.sandbox", "mkosi.sandbox.tar", "mkosi.pkgmngr", "mkosi.pkgmngr.tar")
        }
    }

    public static var buildSources: Self {
        Self("BuildSources") {
            Row(
                $0,
                .list(.tree(required: true, absolute: false, directory: true)),
                "Directories to mount for build scripts"
            )
            .option("--build-sources", nil, "PATH").standard(.computed(.buildSources)).scope(.multiversal)
            .match(.treeTarget)
        }
    }
}

extension Setting where Content == String? {
    public static var workspaceDirectory: Self {
        Self("WorkspaceDirectory") {
            Row($0, .anyPath, "Directory for temporary files of the build")
                .option("--workspace-directory", nil, "DIR").old(options: ["--workspace-dir"]).scope(.multiversal)
        }
    }

    public static var cacheDirectory: Self {
        Self("CacheDirectory") {
            Row($0, .anyPath, "Directory for cached layers and metadata")
                .option("--cache-directory", nil, "PATH").old(options: ["--cache-dir"]).scope(.universal)
                .path("mkosi.cache")
        }
    }

    public static var packageCacheDirectory: Self {
        Self("PackageCacheDirectory") {
            Row($0, .anyPath, "Directory for downloaded packages")
                .option("--package-cache-directory", nil, "PATH").old(options: ["--package-cache-dir"])
                .scope(.multiversal).path("mkosi.pkgcache")
        }
    }

    public static var buildDirectory: Self {
        Self("BuildDirectory") {
            Row($0, .anyPath, "Directory in which build scripts keep their results")
                .option("--build-directory", nil, "PATH").old(options: ["--build-dir"]).scope(.universal)
                .path("mkosi.builddir")
        }
    }

    public static var proxyURL: Self {
        Self("ProxyUrl") {
            Row($0, .text, "Proxy for all network access")
                .option("--proxy-url", nil, "URL").standard(.computed(.proxyURL)).scope(.multiversal)
        }
    }

    public static var proxyPeerCertificate: Self {
        Self("ProxyPeerCertificate") {
            Row($0, .existingPath, "CA certificates for the proxy")
                .option("--proxy-peer-certificate").standard(.computed(.proxyPeerCertificate)).scope(.multiversal)
        }
    }

    public static var proxyClientCertificate: Self {
        Self("ProxyClientCertificate") {
            Row($0, .path(.init(required: true, secret: true)), "Client certificate for the proxy")
                .option("--proxy-client-certificate").scope(.multiversal)
        }
    }

    public static var proxyClientKey: Self {
        Self("ProxyClientKey") {
            Row($0, .path(.init(required: true, secret: true)), "Private key of the client certificate for the proxy")
                .option("--proxy-client-key").standard(.computed(.proxyClientKey)).scope(.multiversal)
        }
    }
}

extension Setting where Content == Feature {
    public static var useSubvolumes: Self {
        Self("UseSubvolumes") {
            Row($0, .feature, "Use btrfs subvolumes where the file system supports them")
                .option("--use-subvolumes", nil, "FEATURE").scope(.universal)
        }
    }
}

extension Setting where Content == Bool {
    public static var repartOffline: Self {
        Self("RepartOffline") {
            Row($0, .boolean, "Build disk images without loop devices")
                .option("--repart-offline").standard(.bool(true)).scope(.universal)
        }
    }

    public static var history: Self {
        Self("History") {
            Row($0, .boolean, "Store the options of the last build for later verbs")
                .option("--history", nil, "BOOL").scope(.main)
        }
    }

    public static var withTests: Self {
        Self("WithTests") {
            Row($0, .boolean, "Ask build scripts to run their tests")
                .option("--with-tests", "T").withoutArgument("no").standard(.bool(true)).scope(.universal)
        }
    }

    public static var withNetwork: Self {
        Self("WithNetwork") {
            Row($0, .boolean, "Allow build scripts to use the network")
                .option("--with-network", nil, "BOOL").scope(.universal)
        }
    }

    public static var makeScriptsExecutable: Self {
        Self("MakeScriptsExecutable") {
            Row($0, .boolean, "Make scripts executable that are not")
                .option("--make-scripts-executable", nil, "BOOL").scope(.multiversal)
        }
    }

    public static var foreignUIDRange: Self {
        Self("ForeignUIDRange") {
            Row($0, .boolean, "Assign directory outputs to the foreign UID range")
                .option("--foreign-uid-range").scope(.main)
        }
    }
}

extension Setting where Content == ByteDictionary<String> {
    public static var environment: Self {
        Self("Environment") {
            Row($0, .dictionary(.environment), "Environment variables for package managers and scripts")
                .option("--environment", "E", "NAME[=VALUE]").scope(.local, tools: true).match(.environment)
        }
    }
}

extension Setting where Content == [String] {
    public static var environmentFiles: Self {
        Self("EnvironmentFiles") {
            Row($0, .pathList, "Files to read environment variables from")
                .option("--env-file", nil, "PATH").scope(.local, tools: true).path("mkosi.env")
        }
    }

    public static var proxyExclude: Self {
        Self("ProxyExclude") {
            Row($0, .texts, "Hosts to reach without the proxy")
                .option("--proxy-exclude", nil, "HOST").standard(.computed(.proxyExclude)).scope(.multiversal)
        }
    }
}

/// Scripts that a build runs.
extension SettingTable {
    static let scripts: [SettingDefinition] = rows(
        of: .content,
        [
            row(.syncScripts),
            row(.prepareScripts),
            row(.buildScripts),
            row(.postInstallationScripts),
            row(.finalizeScripts),
            row(.postOutputScripts),
        ]
    )
}

extension Setting where Content == [String] {
    public static var syncScripts: Self {
        Self("SyncScripts") {
            Row($0, .scripts, "Scripts to run before the build, to update sources")
                .option("--sync-script", nil, "PATH").scope(.local, tools: true).path("mkosi.sync", "mkosi.sync.d/*")
        }
    }

    public static var prepareScripts: Self {
        Self("PrepareScripts") {
            Row($0, .scripts, "Scripts to run after packages are installed")
                .option("--prepare-script", nil, "PATH").old(["PrepareScript"]).scope(.local, tools: true)
                .path("mkosi.prepare", "mkosi.prepare.chroot", "mkosi.prepare.d/*")
        }
    }

    public static var buildScripts: Self {
        Self("BuildScripts") {
            Row($0, .scripts, "Scripts that build software for the image")
                .option("--build-script", nil, "PATH").old(["BuildScript"])
                .path("mkosi.build", "mkosi.build.chroot", "mkosi.build.d/*")
        }
    }

    public static var postInstallationScripts: Self {
        Self("PostInstallationScripts") {
            Row($0, .scripts, "Scripts to run after extra trees are copied")
                .option("--postinst-script", nil, "PATH").old(["PostInstallationScript"])
                .path("mkosi.postinst", "mkosi.postinst.chroot", "mkosi.postinst.d/*")
        }
    }

    public static var finalizeScripts: Self {
        Self("FinalizeScripts") {
            Row($0, .scripts, "Scripts to run last, before the output is created")
                .option("--finalize-script", nil, "PATH").old(["FinalizeScript"])
                .path("mkosi.finalize", "mkosi.finalize.chroot", "mkosi.finalize.d/*")
        }
    }

    public static var postOutputScripts: Self {
        Self("PostOutputScripts") {
            Row($0, .scripts, "Scripts to run after the output is created")
                .option("--postoutput-script", nil, "PATH").path("mkosi.postoutput", "mkosi.postoutput.d/*")
        }
    }
}

/// Scripts that a build runs.
extension SettingTable {
    static let scripts: [SettingDefinition] = rows(
        of: .content,
        [
            Row("SyncScripts", .scripts, "Scripts to run before the build, to update sources")
                .option("--sync-script", nil, "PATH").scope(.local, tools: true).path("mkosi.sync", "mkosi.sync.d/*"),
            Row("PrepareScripts", .scripts, "Scripts to run after packages are installed")
                .option("--prepare-script", nil, "PATH").old(["PrepareScript"]).scope(.local, tools: true)
                .path("mkosi.prepare", "mkosi.prepare.chroot", "mkosi.prepare.d/*"),
            Row("BuildScripts", .scripts, "Scripts that build software for the image")
                .option("--build-script", nil, "PATH").old(["BuildScript"])
                .path("mkosi.build", "mkosi.build.chroot", "mkosi.build.d/*"),
            Row("PostInstallationScripts", .scripts, "Scripts to run after extra trees are copied")
                .option("--postinst-script", nil, "PATH").old(["PostInstallationScript"])
                .path("mkosi.postinst", "mkosi.postinst.chroot", "mkosi.postinst.d/*"),
            Row("FinalizeScripts", .scripts, "Scripts to run last, before the output is created")
                .option("--finalize-script", nil, "PATH").old(["FinalizeScript"])
                .path("mkosi.finalize", "mkosi.finalize.chroot", "mkosi.finalize.d/*"),
            Row("PostOutputScripts", .scripts, "Scripts to run after the output is created")
                .option("--postoutput-script", nil, "PATH").path("mkosi.postoutput", "mkosi.postoutput.d/*"),
        ]
    )
}

/// The programs that a build runs.
extension SettingTable {
    static let scripts: [SettingDefinition] = rows(
        of: .content,
        [
            Row("SyncScripts", .scripts, "Run these programs to bring sources up to date before the build")
                .option("--sync-script", nil, "PATH").scope(.local, tools: true).path("mkosi.sync", "mkosi.sync.d/*"),
            Row("PrepareScripts", .scripts, "Run these programs after packages are installed")
                .option("--prepare-script", nil, "PATH").old(["PrepareScript"]).scope(.local, tools: true)
                .path("mkosi.prepare", "mkosi.prepare.chroot", "mkosi.prepare.d/*"),
            Row("BuildScripts", .scripts, "Run these programs to build what goes into the image")
                .option("--build-script", nil, "PATH").old(["BuildScript"])
                .path("mkosi.build", "mkosi.build.chroot", "mkosi.build.d/*"),
            Row("PostInstallationScripts", .scripts, "Run these programs after extra trees are copied")
                .option("--postinst-script", nil, "PATH").old(["PostInstallationScript"])
                .path("mkosi.postinst", "mkosi.postinst.chroot", "mkosi.postinst.d/*"),
            Row("FinalizeScripts", .scripts, "Run these programs as the last step before the output is made")
                .option("--finalize-script", nil, "PATH").old(["FinalizeScript"])
                .path("mkosi.finalize", "mkosi.finalize.chroot", "mkosi.finalize.d/*"),
            Row("PostOutputScripts", .scripts, "Run these programs after the output is made")
                .option("--postoutput-script", nil, "PATH").path("mkosi.postoutput", "mkosi.postoutput.d/*"),
        ]
    )
}

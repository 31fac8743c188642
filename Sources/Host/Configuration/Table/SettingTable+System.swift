/// Settings of the installed system.
extension SettingTable {
    static let system: [SettingDefinition] = rows(
        of: .content,
        [
            Row("Locale", .systemName(.locale), "Language and region of the system")
                .option("--locale", nil, "LOCALE"),
            Row("LocaleMessages", .systemName(.locale), "Language of the system's messages")
                .option("--locale-messages", nil, "LOCALE"),
            Row("Keymap", .systemName(.keymap), "Keyboard layout of the console")
                .option("--keymap", nil, "KEYMAP").scope(.initrdInherit),
            Row("Timezone", .systemName(.timezone), "Time zone of the system")
                .option("--timezone", nil, "TIMEZONE").scope(.initrdInherit),
            Row("Hostname", .systemName(.hostname), "Host name of the system")
                .option("--hostname", nil, "HOSTNAME").scope(.initrdInherit),
            Row("RootPassword", .password, "Password of root; its salt is random unless `Seed=` is set")
                .option("--root-password", nil, "PASSWORD").scope(.initrdInherit)
                .path("mkosi.rootpw", read: true, secret: true),
            Row("RootShell", .text, "Shell of root")
                .option("--root-shell", nil, "SHELL"),
            Row("MachineId", .uuid, "Machine ID of the image")
                .option("--machine-id", nil, "MACHINE_ID").path("mkosi.machine-id", read: true),
            Row("Autologin", .boolean, "Log in root on the console without a password")
                .option("--autologin", "a", "BOOL").withoutArgument("yes"),
            Row("MakeInitrd", .boolean, "Make the image usable as an initrd")
                .option("--make-initrd", nil, "BOOL"),
            Row(
                "Ssh",
                .choice(Words.ssh, yes: "always", no: "never"),
                "Set up SSH access to the image over a virtual socket"
            )
            .option("--ssh").standard(.text("auto")),
            Row("SELinuxRelabel", .feature, "Label files by the image's SELinux policy")
                .option("--selinux-relabel", nil, "FEATURE"),
        ]
    )
}

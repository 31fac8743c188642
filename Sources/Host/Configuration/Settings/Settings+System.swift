/// Settings of the installed system.
extension SettingTable {
    static let system: [SettingDefinition] = rows(
        of: .content,
        [
            row(.locale),
            row(.localeMessages),
            row(.keymap),
            row(.timezone),
            row(.hostname),
            row(.rootPassword),
            row(.rootShell),
            row(.machineID),
            row(.autologin),
            row(.makeInitrd),
            row(.ssh),
            row(.selinuxRelabel),
        ]
    )
}

extension Setting where Content == String? {
    public static var locale: Self {
        Self("Locale") {
            Row($0, .systemName(.locale), "Language and region of the system")
                .option("--locale", nil, "LOCALE")
        }
    }

    public static var localeMessages: Self {
        Self("LocaleMessages") {
            Row($0, .systemName(.locale), "Language of the system's messages")
                .option("--locale-messages", nil, "LOCALE")
        }
    }

    public static var keymap: Self {
        Self("Keymap") {
            Row($0, .systemName(.keymap), "Keyboard layout of the console")
                .option("--keymap", nil, "KEYMAP").scope(.initrdInherit)
        }
    }

    public static var timezone: Self {
        Self("Timezone") {
            Row($0, .systemName(.timezone), "Time zone of the system")
                .option("--timezone", nil, "TIMEZONE").scope(.initrdInherit)
        }
    }

    public static var hostname: Self {
        Self("Hostname") {
            Row($0, .systemName(.hostname), "Host name of the system")
                .option("--hostname", nil, "HOSTNAME").scope(.initrdInherit)
        }
    }

    public static var rootShell: Self {
        Self("RootShell") {
            Row($0, .text, "Shell of root")
                .option("--root-shell", nil, "SHELL")
        }
    }

    public static var machineID: Self {
        Self("MachineId") {
            Row($0, .uuid, "Machine ID of the image")
                .option("--machine-id", nil, "MACHINE_ID").path("mkosi.machine-id", read: true)
        }
    }
}

extension Setting where Content == Password? {
    public static var rootPassword: Self {
        Self("RootPassword") {
            Row($0, .password, "Password of root; its salt is random unless `Seed=` is set")
                .option("--root-password", nil, "PASSWORD").scope(.initrdInherit)
                .path("mkosi.rootpw", read: true, secret: true)
        }
    }
}

extension Setting where Content == Bool {
    public static var autologin: Self {
        Self("Autologin") {
            Row($0, .boolean, "Log in root on the console without a password")
                .option("--autologin", "a", "BOOL").withoutArgument("yes")
        }
    }

    public static var makeInitrd: Self {
        Self("MakeInitrd") {
            Row($0, .boolean, "Make the image usable as an initrd")
                .option("--make-initrd", nil, "BOOL")
        }
    }
}

extension Setting where Content == String {
    public static var ssh: Self {
        Self("Ssh") {
            Row(
                $0,
                .choice(Words.ssh, yes: "always", no: "never"),
                "Set up SSH access to the image over a virtual socket"
            )
            .option("--ssh").standard(.text("auto"))
        }
    }
}

extension Setting where Content == Feature {
    public static var selinuxRelabel: Self {
        Self("SELinuxRelabel") {
            Row($0, .feature, "Label files by the image's SELinux policy")
                .option("--selinux-relabel", nil, "FEATURE")
        }
    }
}

import ByteKeys
import Configuration
import Support
import TreeWire

/// The settings that end as small files of the image: password, shell, names, locale, time zone, machine id.
enum SystemSettings {
    /// The settings that the step reads; its key contains them.
    struct Inputs: StepSettings {
        let rootPassword = Input(.rootPassword)
        let rootShell = Input(.rootShell)
        let hostname = Input(.hostname)
        let locale = Input(.locale)
        let localeMessages = Input(.localeMessages)
        let keymap = Input(.keymap)
        let timezone = Input(.timezone)
        let machineID = Input(.machineID)
        let seed = Input(.seed)
        let baseTrees = Input(.baseTrees)
        let makeInitrd = Input(.makeInitrd)
    }

    /// The paths of the tree whose presence `edits` has to know.
    static let paths = ["/etc/shadow", "/etc/passwd"]

    /// The changes for a configuration; `existing` has those of `paths` that are there.
    static func edits(
        for settings: SettingsView<SystemSettings.Inputs>,
        among existing: ByteSet
    ) throws(Failure) -> [TreeEdit] {
        var edits: [TreeEdit] = []
        if let password = settings.rootPassword {
            // With a seed the image is to be the same each time: then the salt comes from it, too.
            let isSeeded = settings.isAssigned(\.seed)
            let salt = isSeeded ? settings.seed.utf8.map { CChar(bitPattern: $0) } : nil
            edits += try passwordEdits(password, salt: salt, existing)
        }
        if let shell = settings.rootShell {
            edits.append(credential("passwd.shell.root", shell))
            if existing.contains("/etc/passwd") { edits.append(TreeEdit(.setRootShell, "/", text: shell)) }
        }
        edits += fileEdits(settings)
        edits.append(machineIDEdit(settings))
        return edits
    }

    private static func passwordEdits(_ password: Password, salt: [CChar]?, _ existing: ByteSet) throws(Failure)
        -> [TreeEdit]
    {
        let hash = password.isHashed ? password.text : try PasswordHash.make(password.text, salt: salt)
        var edits = [credential("passwd.hashed-password.root", hash, mode: 0o600)]
        if existing.contains("/etc/shadow") { edits.append(TreeEdit(.setRootPassword, "/", text: hash)) }
        return edits
    }

    private static func fileEdits(_ settings: SettingsView<SystemSettings.Inputs>) -> [TreeEdit] {
        var edits: [TreeEdit] = []
        func file(_ path: String, _ text: String) {
            edits.append(TreeEdit(.write, path, text: text, mode: 0o644, onlyInExistingDirectory: true))
        }
        if let hostname = settings.hostname {
            file("/etc/hostname", "\(hostname)\n")
            edits.append(credential("system.hostname", hostname))
        }
        if let locale = settings.locale {
            var text = "LANG=\(locale)\n"
            if let messages = settings.localeMessages { text += "LC_MESSAGES=\(messages)\n" }
            file("/etc/locale.conf", text)
            edits.append(credential("firstboot.locale", locale))
        }
        if let messages = settings.localeMessages { edits.append(credential("firstboot.locale-messages", messages)) }
        if let keymap = settings.keymap {
            file("/etc/vconsole.conf", "KEYMAP=\(keymap)\n")
            edits.append(credential("firstboot.keymap", keymap))
        }
        if let zone = settings.timezone {
            edits.append(
                TreeEdit(.link, "/etc/localtime", text: "../usr/share/zoneinfo/\(zone)", onlyInExistingDirectory: true)
            )
            edits.append(credential("firstboot.timezone", zone))
        }
        return edits
    }

    /// Without an id of its own every image gets one at its first boot (machine-id(5)).
    private static func machineIDEdit(_ settings: SettingsView<SystemSettings.Inputs>) -> TreeEdit {
        let id = settings.machineID.map { $0.filter { $0 != "-" } } ?? "uninitialized"
        return TreeEdit(.write, "/etc/machine-id", text: "\(id)\n", mode: 0o444, onlyInExistingDirectory: true)
    }

    /// systemd reads these at boot even where only /usr is shipped (systemd.system-credentials(7)).
    private static func credential(_ name: String, _ text: String, mode: UInt32 = 0o644) -> TreeEdit {
        TreeEdit(.write, "/usr/lib/credstore/\(name)", text: text, mode: mode)
    }
}

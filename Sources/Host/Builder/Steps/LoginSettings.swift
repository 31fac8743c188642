import Configuration
import TreeWire

/// `Autologin=` and `MakeInitrd=`: units and files by which a system comes up without questions.
enum LoginSettings {
    static func edits(for settings: SettingsView<LoginSettingsStep.Settings>) -> [TreeEdit] {
        var edits: [TreeEdit] = []
        if settings.autologin {
            edits += terminals.map { unit, options in
                let text = """
                    [Service]
                    ExecStart=
                    ExecStart=-/sbin/agetty -o '-f -p -- \\\\u' --autologin root \(options) $TERM

                    """
                return TreeEdit(.write, "/usr/lib/systemd/system/\(unit).d/autologin.conf", text: text, mode: 0o644)
            }
        }
        if settings.makeInitrd {
            edits.append(TreeEdit(.link, "/etc/initrd-release", text: "/etc/os-release"))
            edits.append(TreeEdit(.link, "/init", text: "/usr/lib/systemd/systemd"))
        }
        return edits
    }

    /// Units that offer a login, and how each calls its terminal: in a container, on a screen, in a machine's console.
    private static let terminals: [(unit: String, options: String)] = [
        ("console-getty.service", "--noclear --keep-baud console 115200,38400,9600"),
        ("getty@tty1.service", "--noclear -"),
        ("serial-getty@hvc0.service", "--keep-baud 115200,57600,38400,9600 -"),
    ]
}

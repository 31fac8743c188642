import ByteKeys
import PluginWire
import Support
import System
import Tools

/// The programs that scripts find before those of the host: created for each build, in the workspace.
struct ScriptHelpers: Sendable {
    /// The directory that they are written to.
    var directory: String
    /// The commands of the distribution by which scripts work on the tree.
    var commands: [ABI.V1.ScriptCommand]
    /// The programs that the sandbox of scripts has.
    var tools = Tools()

    /// Writes all of them.
    func write() throws(Failure) {
        var files = Self.own
        for command in commands {
            guard let program = command.arguments.first else { continue }
            // Without the machine's program there is nothing to call, and the helper would find itself.
            guard let path = tools.find(program) else { continue }
            files[command.name] = Self.text(of: command, program: path)
        }
        do throws(SystemCallError) {
            try Files.makeDirectories(directory)
            for (name, text) in files { try Files.write(text.utf8, to: Paths.join(directory, name), mode: 0o755) }
        } catch {
            throw Failure(.system, "Cannot write the helpers of scripts", cause: error)
        }
    }

    /// A program of the distribution, with the kernel's file systems mounted in the tree while it runs.
    private static func text(of command: ABI.V1.ScriptCommand, program: String) -> String {
        let variables = (command.environment ?? [:]).sorted()
            .map { "export \($0.key)=\(ShellQuoting.word(fill($0.value)))\n" }.joined()
        let words = ShellQuoting.line([program] + command.arguments.dropFirst().map(fill))
        return """
            #!/bin/sh
            \(variables)\(mounted("--target-root / \(accounts) -- \(words) \"$@\""))
            """
    }

    /// Names of users and groups mean those of the image, also for programs of this machine.
    private static let accounts = ["passwd", "group"].map { "--ro-bind-try \(SandboxPaths.root)/etc/\($0) /etc/\($0)" }
        .joined(separator: " ")

    private static func fill(_ text: String) -> String {
        text.replacing("${root}", with: SandboxPaths.root)
    }

    /// Runs the sandbox with the tree's own /proc and its like, and removes what that left in the tree.
    private static func mounted(_ rest: String) -> String {
        let root = SandboxPaths.root
        return """
            [ -d "\(root)" ] || { echo "${0##*/}: no image exists at this point" >&2; exit 1; }
            # The variations of a checked build apply to programs of the host.
            case "${LD_PRELOAD:-}" in /run/mkosi/*) unset LD_PRELOAD ;; esac
            case "${LOCPATH:-}" in /run/mkosi/*) unset LOCPATH ;; esac
            made=
            for name in proc sys dev run tmp work; do
                [ -e "\(root)/$name" ] || [ -L "\(root)/$name" ] || made="$name $made"
            done
            touch -r "\(root)" /run/mkosi-root-time
            \(SandboxPaths.sandbox) --no-userns --share-pid --same-dir --bind / / \\
                --target-root \(root) --proc /proc --sys /sys --dev /dev --tmpfs /run --tmpfs /tmp \(rest)
            status=$?
            for name in $made; do rmdir "\(root)/$name" 2>/dev/null; done
            [ -z "$made" ] || touch -r /run/mkosi-root-time "\(root)"
            exit $status

            """
    }

    private static let chrootOptions = [
        "--bind \(SandboxPaths.work) \(SandboxPaths.work)",
        "--setenv container mkosi", "--setenv HOME /root", "--setenv PATH \(SearchPath.standard)",
        "--chdir \"${SRCDIR:-\(SandboxPaths.sources)}\"", "--chroot \(SandboxPaths.root)", "\"$@\"",
    ].joined(separator: " ")

    /// Those that do not depend on the distribution.
    private static let own: [String: String] = [
        "mkosi-chroot": """
        #!/bin/sh
        # mkosi-chroot COMMAND [ARGUMENT...]: runs a command in the image.
        set -- -- "$@"
        case "${MKOSI_CHROOT_SUPPRESS_CHOWN:-}" in 1 | yes | true) set -- --suppress-chown "$@" ;; esac
        resolver=\(SandboxPaths.root)/etc/resolv.conf
        new=
        if [ -e /etc/resolv.conf ] && [ -d \(SandboxPaths.root)/etc ]; then
            [ -e "$resolver" ] || [ -L "$resolver" ] || new=1
            set -- --resolv-conf /etc/resolv.conf "$@"
        fi
        trap '[ -z "$new" ] || rm -f "$resolver"' EXIT
        \(mounted(chrootOptions))
        """,
        // The root of every sandbox is the user who called: root itself, or in a user namespace the ordinary user.
        "mkosi-as-caller": """
        #!/bin/sh
        # mkosi-as-caller COMMAND [ARGUMENT...]: runs a command as the user who called mkosi.
        exec "$@"

        """,
        "git": wrapper("git", "-c safe.directory='*' \"$@\""),
        "useradd": wrapper("useradd", "--root=\(SandboxPaths.root) \"$@\""),
        "groupadd": wrapper("groupadd", "--root=\(SandboxPaths.root) \"$@\""),
    ]

    /// Calls the machine's program of the same name, which comes later on the path.
    private static func wrapper(_ name: String, _ rest: String) -> String {
        """
        #!/bin/sh
        PATH=${PATH#\(SandboxPaths.helpers):}
        program=$(command -v \(name)) || { echo "\(name): not found on this host" >&2; exit 127; }
        exec "$program" \(rest)

        """
    }
}

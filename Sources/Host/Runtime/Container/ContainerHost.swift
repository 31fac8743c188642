import Configuration
import Glibc
import Support
import System

/// The abilities of this host for containers, and one sentence for each that it lacks.
enum ContainerHost {
    /// The program systemd-nspawn.
    ///
    /// - Throws: one sentence where it is missing, or where it needs more rights than the caller has.
    static func program(_ programs: RuntimePrograms, _ verb: String) throws(Failure) -> InstalledProgram {
        let program = try programs.program(
            "systemd-nspawn",
            orFail: "\(verb) needs systemd-nspawn, which is not installed"
        )
        // Containers of users came with systemd 258, together with the services that map ids for them.
        guard geteuid() == 0 || SystemdVersion.of(program) >= 258 else {
            throw Failure(
                .missing,
                "\(verb) needs root, because systemd-nspawn before systemd 258 runs no containers of other users",
                hint: "Use sudo, or mkosi vm"
            )
        }
        return program
    }

    /// Returns true if a tree belongs to a range of ids of its own, as trees that were built with one do.
    static func hasOwnRange(_ path: String) -> Bool {
        guard let owner = FileOwner.user(of: path) else { return false }
        return owner != 0 && owner & 0xffff == 0
    }

    /// The name of the user who called, also through sudo(8).
    static func caller(_ host: HostFacts) -> String {
        if geteuid() == 0, let name = host.environment["SUDO_USER"], !name.isEmpty { return name }
        return getpwuid(geteuid()).map { String(cString: $0.pointee.pw_name) } ?? "root"
    }

    /// A Boolean value indicating whether systemd manages this host (sd_booted(3)).
    static var hasManager: Bool { Files.isDirectory("/run/systemd/system") }

    /// Returns true if systemd-machined is to know a machine, as `Register=` says.
    static func registers(_ image: ImageConfiguration) throws(Failure) -> Bool {
        let isPossible = hasManager && Files.exists("/run/dbus/system_bus_socket")
        switch image[.register] {
        case .disabled: return false
        case .auto: return isPossible
        case .enabled:
            if isPossible { return true }
            throw Failure(
                .missing,
                "Register=yes needs systemd-machined, and systemd does not manage this machine",
                hint: "Set by \(image.origin(of: .register)); Register=auto registers where that is possible"
            )
        }
    }

    /// Returns true if the settings of `NSpawnSettings=` are next to the output, as the build has placed them.
    ///
    /// - Throws: one sentence where something else is there, which a script may have put there.
    static func hasSettings(
        _ image: ImageConfiguration,
        next output: String,
        _ place: MachineSettings.Place
    ) throws(Failure) -> Bool {
        guard let chosen = image[.nspawnSettings] else { return false }
        let copy = Paths.join(Paths.parent(output) ?? "/", "\(image[.output]).nspawn")
        let path = try place(chosen)
        guard Files.isPlainFile(copy), let settings = try? Files.read(path), (try? Files.read(copy)) == settings else {
            throw Failure(
                .changed,
                "\(copy) is not the file \(chosen) of NSpawnSettings=",
                hint: "Build the image again with --force"
            )
        }
        return true
    }
}

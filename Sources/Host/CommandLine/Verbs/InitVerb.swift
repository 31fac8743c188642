import Configuration
import Display
import Glibc
import Support
import System

/// `mkosi init`: sets up once what makes the work pleasant.
enum InitVerb: VerbCommand {
    static var description: VerbDescription {
        VerbDescription("init", .none, "Set up the host to remove old cached packages")
            .details(
                "Writes a drop-in for tmpfiles.d that removes files from the package cache that were not used for "
                    + "\(days) days: into user-tmpfiles.d of the configuration directory or, as root, into /etc/tmpfiles.d."
            )
            .example("mkosi init")
            .withoutConfiguration()
            .dropIn()
    }

    private static let days = 30

    static func run(_ context: CommandContext) throws(Failure) -> CInt {
        let environment = context.host.environment
        let directory = try directory(environment, isRoot: getuid() == 0)
        let path = Paths.join(directory, "mkosi.conf")
        let cache = ImageConfiguration.userPackageCache(environment: environment)
        do throws(SystemCallError) {
            try Files.makeDirectories(directory)
            try Files.write(Array(dropIn(cache).utf8), to: path)
        } catch {
            throw Failure(.system, "Cannot write \(path)", cause: error)
        }
        context.display.log(.info, "Wrote \(path): packages in \(cache) are removed after \(days) days without use")
        return 0
    }

    /// Returns the directory for drop-ins of this user.
    static func directory(_ environment: [String: String], isRoot: Bool) throws(Failure) -> String {
        if isRoot { return "/etc/tmpfiles.d" }
        if let home = environment["XDG_CONFIG_HOME"], home.hasPrefix("/") {
            return Paths.join(home, "user-tmpfiles.d")
        }
        guard let home = environment["HOME"], home.hasPrefix("/") else {
            throw Failure(.missing, "There is no home directory to put the drop-in into", hint: "Set HOME")
        }
        return Paths.join(home, ".config/user-tmpfiles.d")
    }

    /// The lines for tmpfiles.d(5): a percent sign is a specifier there, and quotes protect spaces.
    static func dropIn(_ cache: String) -> String {
        var quoted = ""
        for character in cache {
            switch character {
            case "%": quoted += "%%"
            case "\"", "\\": quoted += "\\\(character)"
            default: quoted.append(character)
            }
        }
        return """
            # Written by mkosi init: removes packages from the cache of mkosi that were not used for a while.
            e "\(quoted)" - - - \(days)d -

            """
    }
}

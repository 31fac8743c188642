import Configuration
import Execution
import Glibc
import Runtime
import Support
import System

/// `mkosi sysupdate`: updates with systemd-sysupdate from the output directory.
enum UpdateVerb: VerbCommand {
    static var description: VerbDescription {
        VerbDescription(
            "sysupdate",
            .words,
            usage: "[-- ARGUMENT…]",
            "Update from the output directory with systemd-sysupdate"
        )
        .details(
            """
            systemd-sysupdate of systemd 257 or later runs with the definitions of SysupdateDirectory= and the output directory as \
            the source of transfers. Arguments are passed on to it, and its exit status is that of mkosi.
            """
        )
        .example("mkosi sysupdate -- list")
        .dropIn()
    }

    static func run(_ context: CommandContext) throws(Failure) -> CInt {
        let cancellation = try BuildVerb.watchSignals()
        let loaded = try context.configuration()
        guard let image = loaded.images.last else { return 0 }
        guard let definitions = image[.sysupdateDirectory] else {
            throw Failure(
                .configuration,
                "mkosi sysupdate needs definitions of transfers, and SysupdateDirectory= is not set",
                hint: "Make the directory mkosi.sysupdate with a file of sysupdate.d(5)"
            )
        }
        let program = try context.programs(of: image).named(
            "systemd-sysupdate",
            or: RuntimePrograms.systemdDirectories
        )
        // Before, definitions could only name the place of the source themselves.
        guard SystemdVersion.of(program) >= 257 else {
            throw Failure(
                .missing,
                "mkosi sysupdate needs systemd-sysupdate of systemd 257 or later, which has --transfer-source=",
                hint:
                    "Use a newer systemd, or run systemd-sysupdate --definitions=\(ShellQuoting.word(definitions)) by itself"
            )
        }
        let own = ["--definitions=\(definitions)", "--transfer-source=\(image.outputDirectory)"]
        let process = ForegroundProgram(
            program,
            own + context.invocation.arguments,
            environment: context.host.ownVariables
        )
        return try process.status(cancellation: cancellation)
    }
}

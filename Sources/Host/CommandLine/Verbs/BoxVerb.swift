import Configuration
import Execution
import Glibc
import Runtime
import Support
import System

/// `mkosi box`: runs a command in the environment in which other verbs run programs.
enum BoxVerb: VerbCommand {
    static var description: VerbDescription {
        VerbDescription("box", .command, usage: "[COMMAND…]", "Run a command where other verbs run programs")
            .aliases("sandbox")
            .details(
                """
                Verbs such as boot, vm and ssh run programs of this host, or those of ToolsTree=PATH, and so does the command; without one, \
                it is $SHELL, or bash. Its exit status is that of mkosi.
                """
            )
            .example("mkosi box -- systemd-nspawn --version")
            .dropIn()
    }

    static func run(_ context: CommandContext) throws(Failure) -> CInt {
        let cancellation = try BuildVerb.watchSignals()
        let loaded = try context.configuration()
        let programs = try context.programs(of: loaded.images.last)
        let words = context.invocation.arguments
        let name = words.first ?? context.host.environment["SHELL"] ?? "bash"
        let program = try programs.named(name)
        let process = ForegroundProgram(program, Array(words.dropFirst()), environment: context.host.ownVariables)
        return try process.status(cancellation: cancellation)
    }
}

import Builder
import Configuration
import Display
import Execution
import Glibc
import Runtime
import Support
import System

/// `mkosi boot`: boots the image in a container.
enum BootVerb: VerbCommand {
    static var description: VerbDescription {
        VerbDescription("boot", .words, usage: "[WORD…] [-- OPTION…]", "Boot the image in a container")
            .details(
                """
                The image is built first if it does not exist. Its init runs in a container of systemd-nspawn, which ends when the \
                system is switched off, or with three times Ctrl-]. Words are passed to the init as a kernel command line, and what \
                follows -- to systemd-nspawn.
                """,
                "With Ephemeral=yes all changes to the image are kept in memory, and gone at the end."
            )
            .example("mkosi --ephemeral=yes boot systemd.unit=rescue.target")
            .options(SharedOptions.building)
            .dropIn()
    }

    static func run(_ context: CommandContext) throws(Failure) -> CInt {
        let invocation = context.invocation
        let words = Array(invocation.arguments.dropLast(invocation.passedArguments))
        let options = Array(invocation.arguments.suffix(invocation.passedArguments))
        return try run(Container.Request(boots: true, words: words, options: options), context)
    }

    /// Runs a container, for this verb and for `mkosi shell`.
    static func run(_ request: Container.Request, _ context: CommandContext) throws(Failure) -> CInt {
        let cancellation = try BuildVerb.watchSignals()
        return try BuiltImage.use(context, cancellation) { built throws(Failure) in
            let container = try Container(
                built.image,
                output: built.output,
                request,
                host: context.host,
                programs: context.programs(of: built.image),
                place: { path throws(Failure) in try built.pins.given(path) }
            )
            if context.invocation[SharedOptions.debug] {
                context.display.log(.debug, ShellQuoting.line(container.program.words(container.arguments.arguments)))
            }
            let runtime = context.host.environment["XDG_RUNTIME_DIR"]
            let directory = try MachineDirectory(runtimeDirectory: runtime)
            switch try container.run(in: directory, cancellation: cancellation) {
            case .ended(let status): return CInt(status.code)
            case .cancelled, .timedOut, .satisfied: return 128 + (cancellation.signal ?? SIGINT)
            }
        }
    }
}

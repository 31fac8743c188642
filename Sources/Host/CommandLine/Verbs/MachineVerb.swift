import Builder
import Configuration
import Display
import Execution
import Glibc
import Runtime
import Support
import System

/// `mkosi vm`: boots the image in a virtual machine.
enum MachineVerb: VerbCommand {
    static var description: VerbDescription {
        VerbDescription("vm", .words, usage: "[-- ARGUMENT…]", "Boot the image in a virtual machine")
            .aliases("qemu")
            .details(
                """
                The image is built first if it does not exist. Disks and unified kernel images start by UEFI firmware, and initrds by \
                a kernel that QEMU loads; Firmware= selects another way. Without hardware virtualization the machine is emulated.
                """,
                """
                The terminal is the machine's console: Ctrl-C ends the machine, and with Console=native Ctrl-A x does. Arguments are \
                passed on to QEMU.
                """,
                """
                The exit status is 0 if the machine was switched off, 124 after --timeout, and otherwise the number that a program in it \
                writes to the I/O port 0xf4.
                """
            )
            .details(
                """
                A boot test: --until ends the machine when a unit has started or a text is shown, and --expect names a file with texts that \
                the console has to show, a line each and in this order. The exit status is then 0 only if all of them were seen. --report \
                writes the result for continuous integration.
                """
            )
            .example("mkosi --ephemeral=yes --until multi-user.target --timeout 600 --report boot.xml vm")
            .options(SharedOptions.building)
            .option(timeout)
            .options([until.declaration, expect.declaration, report.declaration, consoleLog.declaration])
            .dropIn()
    }

    static let timeout = CommandOption<Int?>.number(
        "--timeout",
        "SECONDS",
        1...1_000_000,
        "End the machine after this time, with exit status 124"
    )

    static let until = CommandOption<String?>.text(
        "--until",
        "UNIT|TEXT",
        "End the machine when the unit has started, or when the console shows the text"
    )
    static let expect = CommandOption<String?>.file(
        "--expect",
        "Fail unless the console shows the lines of this file, in their order"
    )
    static let report = CommandOption<String?>.file(
        "--report",
        "Write the result of a boot test: as JUnit if the name ends with .xml, otherwise as TAP"
    )
    static let consoleLog = CommandOption<String?>.file("--console-log", "Write what the console shows to this file")

    static func run(_ context: CommandContext) throws(Failure) -> CInt {
        let cancellation = try BuildVerb.watchSignals()
        return try BuiltImage.use(context, cancellation, check: MachineSettings.check) { built throws(Failure) in
            try run(built, context, cancellation)
        }
    }

    private static func run(
        _ built: BuiltImage,
        _ context: CommandContext,
        _ cancellation: Cancellation
    ) throws(Failure) -> CInt {
        var settings = try MachineSettings(
            built.image,
            output: MachineFile.open(built.output),
            host: context.host,
            programs: context.programs(of: built.image),
            processors: JobBudget.processors,
            signer: context.signer,
            place: { path throws(Failure) in try built.pins.given(path) }
        )
        let test = try BootTest(context, built.image)
        settings.extraWords = test?.kernelWords ?? []
        var machine = try settings.machine()
        machine.arguments.extra += context.invocation.arguments
        let registration = try MachineRegistration(built.image[.machine] ?? built.image[.output], image: built.output)
        machine.arguments.sshPort = registration.port
        machine.timeLimit = context.invocation[timeout].map { .seconds($0) }
        if context.invocation[SharedOptions.debug] {
            context.display.log(.debug, ShellQuoting.line(machine.program.words(machine.arguments.words)))
        }
        let directory = try MachineDirectory(runtimeDirectory: context.host.environment["XDG_RUNTIME_DIR"])
        let ending = try machine.run(in: directory, cancellation: cancellation, watching: test?.watching)
        if let test, ending != .cancelled { return try test.finish(ending, context) }
        switch ending {
        case .satisfied, .off: return 0
        case .status(let status): return status
        case .cancelled: return 128 + (cancellation.signal ?? SIGINT)
        case .timedOut: return timedOut(context)
        }
    }

    /// Reports that the time of `--timeout` is over.
    static func timedOut(_ context: CommandContext) -> CInt {
        let seconds = context.invocation[timeout] ?? 0
        context.display.report(Failure(.cancelled, "The machine was ended after \(seconds) seconds"))
        return 124
    }
}

import Build
import Configuration
import Display
import PluginWire
import Support

/// `mkosi shell --at STEP`: opens a shell in what a step of the build begins with.
enum ShellVerb: VerbCommand {
    static var description: VerbDescription {
        VerbDescription(
            "shell",
            .words,
            usage: "--at STEP [COMMAND…]",
            "Run a shell or a command in what a step of the build begins with"
        )
        .details(
            """
            --at names the step, as mkosi plan shows it, or IMAGE:STEP for a subimage. Everything that the step needs must \
            be kept of an earlier build with Incremental=yes. The shell runs where scripts of the build run: the tree is at \
            $BUILDROOT, and mkosi-chroot enters it. Changes to it are thrown away.
            """,
            "With --failed it shows what the step has left when it failed.",
            "A shell in the finished image cannot be had yet by this version."
        )
        .example("mkosi shell --at postinst")
        .option(step)
        .option(failed)
        .options(SharedOptions.building)
        .dropIn()
    }

    static let step = CommandOption<String?>.text(
        "--at",
        "STEP",
        "The step that the shell is opened in, or IMAGE:STEP"
    )
    static let failed = CommandOption<Bool>.flag("--failed", "Show what the step has left when it failed")

    static func run(_ context: CommandContext) throws(Failure) -> CInt {
        guard let place = context.invocation[step] else {
            throw Failure(
                .missing,
                "A shell in the finished image cannot be had yet by this version",
                hint: "mkosi shell --at STEP opens one in what a step of the build begins with"
            )
        }
        let loaded = try context.configuration()
        let cancellation = try BuildVerb.watchSignals()
        let lock = try ProjectLock.ofBuild(context, cancellation)
        let parts = place.split(separator: ":", maxSplits: 1).map(String.init)
        let name = parts.count == 2 ? parts[0] : loaded.images.last?.name ?? ""
        guard let image = loaded.image(named: name) else {
            let names = loaded.images.map(\.name).joined(separator: ", ")
            throw Failure(.usage, "There is no image \"\(printable(name))\"", hint: "There are \(names)")
        }
        let scripts = ConfigureScripts(context: context, cancellation: cancellation)
        let build = BuildVerb.prepare(try scripts.run(on: image), context, cancellation, lock).build
        let shellPlace = ImageBuild.ShellPlace(step: parts.last ?? "", isFailed: context.invocation[failed])
        return CInt(try build.shell(at: shellPlace, context.invocation.arguments))
    }
}

import Builder
import Configuration
import Display
import PluginWire
import Runtime
import Support
import System

/// `mkosi shell`: opens a shell in the image, or with `--at STEP` in what a step of the build begins with.
enum ShellVerb: VerbCommand {
    static var description: VerbDescription {
        VerbDescription(
            "shell",
            .command,
            usage: "[--at STEP|--failed] [COMMAND…]",
            "Run a shell or a command in the image, or in the tree that a build step starts from"
        )
        .details(
            """
            The image is built first if it does not exist. The shell, or the command, runs in a container of systemd-nspawn, and \
            its exit status is that of mkosi. With Ephemeral=yes all changes to the image are gone at the end.
            """,
            """
            --at names a step of the build, as mkosi plan shows it, or IMAGE:STEP for a subimage. Everything that the step needs must \
            be kept of an earlier build with Incremental=yes. The shell runs where scripts of the build run: the tree is at \
            $BUILDROOT, and mkosi-chroot enters it. Changes to it are thrown away.
            """,
            "With --failed it is the tree that the step left when it failed; without --at, of the step that failed last.",
            "Options of mkosi come before the command; its first word ends them."
        )
        .example("mkosi shell -- cat /etc/os-release")
        .option(step)
        .option(failed)
        .options(SharedOptions.building)
        .dropIn()
    }

    static let step = CommandOption<String?>.text(
        "--at",
        "STEP",
        "Step in which to open the shell, or IMAGE:STEP"
    )
    static let failed = CommandOption<Bool>.flag("--failed", "Use the tree that the step left when it failed")

    static func run(_ context: CommandContext) throws(Failure) -> CInt {
        let invocation = context.invocation
        guard invocation[step] != nil || invocation[failed] else {
            return try BootVerb.run(Container.Request(boots: false, words: invocation.arguments), context)
        }
        let loaded = try context.configuration()
        let cancellation = try BuildVerb.watchSignals()
        let lock = try ProjectLock.ofBuild(context, cancellation)
        let scripts = ConfigureScripts(context: context, cancellation: cancellation)
        let wanted = try place(in: loaded, context, scripts)
        let build = BuildPreparation.prepare(wanted.image, context, cancellation, lock).build
        let place = ImageBuild.ShellPlace(step: wanted.step, isFailed: invocation[failed])
        return CInt(try build.shell(at: place, invocation.arguments))
    }

    /// The image and the step that `--at` names, or else those that failed in the last build.
    private static func place(
        in loaded: LoadedConfiguration,
        _ context: CommandContext,
        _ scripts: ConfigureScripts
    ) throws(Failure) -> (image: ImageConfiguration, step: String) {
        guard let wanted = context.invocation[step] else {
            for image in loaded.images.reversed() {
                let image = try scripts.run(on: image)
                guard let step = LayerStoreLocation.failedStep(of: image, variables: context.host.environment) else {
                    continue
                }
                return (image, step)
            }
            throw Failure(
                .missing,
                "No failed step is in the cache",
                hint: "Builds with Incremental=yes, or -i, keep the tree of a failed step"
            )
        }
        let parts = wanted.split(separator: ":", maxSplits: 1).map(String.init)
        let name = parts.count == 2 ? parts[0] : loaded.images.last?.name ?? ""
        guard let image = loaded.image(named: name) else {
            let names = loaded.images.map(\.name).joined(separator: ", ")
            throw Failure(.usage, "There is no image \"\(printable(name))\"", hint: "There are \(names)")
        }
        return (try scripts.run(on: image), parts.last ?? "")
    }
}

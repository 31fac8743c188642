import Configuration
import Display
import Execution
import Glibc
import Runtime
import Support
import System

/// `mkosi burn`: writes the image to a removable device.
enum BurnVerb: VerbCommand {
    static var description: VerbDescription {
        VerbDescription("burn", .words, usage: "DEVICE", "Write the image to a removable device or a file")
            .completes(.files)
            .details(
                """
                The image is built first if it does not exist. The device has to be removable, whole and not in use, and everything on it \
                is lost: a question on the terminal has to be answered with yes, or --yes is given. The partition table is made for the size \
                and the sectors of the device, partitions stay as they are, and everything is read again and compared.
                """,
                "A file stands for a device of its size; --target-sector-size sets its sectors."
            )
            .example("mkosi burn /dev/sdb")
            .options(SharedOptions.building)
            .option(yes)
            .option(sectorSize)
            .dropIn()
    }

    static let yes = CommandOption<Bool>.flag("--yes", "Overwrite the target without a question")
    static let sectorSize = CommandOption<String?>.choice(
        "--target-sector-size",
        "BYTES",
        ["512", "1024", "2048", "4096"],
        "Sectors of the target, if it is a file; default: those of the image"
    )

    static func run(_ context: CommandContext) throws(Failure) -> CInt {
        let words = context.invocation.arguments
        guard let path = words.first, words.count == 1 else {
            throw Failure(.usage, "mkosi burn takes one device", hint: "mkosi burn /dev/DEVICE; lsblk lists them")
        }
        // Before a build that would be in vain.
        let target = try checked(Paths.absolute(path, from: context.host.currentDirectory))
        let cancellation = try BuildVerb.watchSignals()
        return try BuiltImage.use(context, cancellation) { built throws(Failure) in
            try burn(built, to: target, context, cancellation)
        }
    }

    /// The path of a target that may be overwritten.
    ///
    /// It is closed again: a device that is open exclusively cannot be opened so once more (open(2), `O_EXCL`).
    private static func checked(_ path: String) throws(Failure) -> String {
        let target = try BurnTarget(path)
        return target.path
    }

    private static func burn(
        _ built: BuiltImage,
        to path: String,
        _ context: CommandContext,
        _ cancellation: Cancellation
    ) throws(Failure) -> CInt {
        let image = try MachineFile.open(built.output)
        let target = try BurnTarget(path)
        let question =
            "Write \(image.path) to \(target.title), \(target.size >> 20) MiB? Everything on it will be lost."
        let size = context.invocation[sectorSize].flatMap(UInt64.init)
        if let size, let own = target.sectorSize, size != own {
            throw Failure(
                .usage,
                "\(path) has sectors of \(own) bytes, and not of \(size)",
                hint: "Omit --target-sector-size, which is for files"
            )
        }
        let burner = try DiskBurner.prepared(image, to: target, sectorSize: size)
        let isAllowed = context.invocation[yes] ? true : try isConfirmed(question, context.output)
        guard isAllowed, !cancellation.isCancelled else {
            throw Failure(.cancelled, "Nothing was written to \(path)")
        }
        do throws(Failure) {
            try reporting("Writing the image to \(path)", context) { progress throws(Failure) in
                try burner.write(cancellation: cancellation, progress)
            }
            try reporting("Comparing \(path) with the image", context) { progress throws(Failure) in
                try burner.verify(cancellation: cancellation, progress)
            }
        } catch {
            guard error.code == .cancelled else { throw error }
            context.display.report(error)
            return 128 + (cancellation.signal ?? SIGINT)
        }
        return 0
    }

    private static func reporting(
        _ title: String,
        _ context: CommandContext,
        _ body: (@escaping DiskBurner.Progress) throws(Failure) -> Void
    ) throws(Failure) {
        try context.display.whileTicking { () throws(Failure) in
            let step = context.display.begin(title, "burn")
            do throws(Failure) {
                try body { done, total in step.progress(done: Int(done), total: Int(total), unit: "bytes") }
                step.finish()
            } catch {
                step.fail()
                throw error
            }
        }
    }

    private static func isConfirmed(_ question: String, _ output: any CommandOutput) throws(Failure) -> Bool {
        guard isatty(STDIN_FILENO) == 1 else {
            throw Failure(
                .usage,
                "mkosi burn asks before it overwrites something, and there is no terminal",
                hint: "Use --yes"
            )
        }
        try output.write("\(question) Type yes: ")
        return readLine(strippingNewline: true) == "yes"
    }
}

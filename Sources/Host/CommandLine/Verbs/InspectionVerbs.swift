import Configuration
import Execution
import Runtime
import Support

/// `mkosi journalctl`: reads the journal of the image.
enum JournalVerb: VerbCommand {
    static var description: VerbDescription {
        InspectionProgram.description("journalctl", "Read the journal of the image")
            .example("mkosi journalctl -- --boot --unit ssh")
    }

    static func run(_ context: CommandContext) throws(Failure) -> CInt {
        try InspectionProgram.run("journalctl", context)
    }
}

/// `mkosi coredumpctl`: examines core dumps in the image.
enum CoreDumpVerb: VerbCommand {
    static var description: VerbDescription {
        InspectionProgram.description("coredumpctl", "Examine core dumps in the image")
            .example("mkosi coredumpctl -- info")
    }

    static func run(_ context: CommandContext) throws(Failure) -> CInt {
        try InspectionProgram.run("coredumpctl", context)
    }
}

/// A program of systemd that reads an image, in place of the host's own files.
enum InspectionProgram {
    static func description(_ name: String, _ help: String) -> VerbDescription {
        VerbDescription(name, .words, usage: "[-- ARGUMENT…]", help)
            .details(
                """
                The image has to be built already; a directory or a disk. Arguments are passed on to \(name), and its exit status is \
                that of mkosi. A disk needs root, loop devices and systemd-udevd.
                """
            )
            .dropIn()
    }

    static func run(_ name: String, _ context: CommandContext) throws(Failure) -> CInt {
        let cancellation = try BuildVerb.watchSignals()
        let built = try BuiltImage.existing(context, cancellation)
        let program = try context.programs(of: built.image).named(name)
        let root = try RuntimeRoot(built.output, for: "mkosi \(name)")
        let arguments = [root.option(directory: "--root")] + context.invocation.arguments
        let process = ForegroundProgram(program, arguments, environment: context.host.ownVariables)
        return try process.status(cancellation: cancellation)
    }
}

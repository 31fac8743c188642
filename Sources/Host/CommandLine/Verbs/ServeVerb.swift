import Configuration
import Display
import Execution
import Glibc
import Runtime
import Support
import System

/// `mkosi serve`: serves the output directory over HTTP.
enum ServeVerb: VerbCommand {
    static var description: VerbDescription {
        VerbDescription("serve", .none, "Serve the output directory over HTTP")
            .details(
                """
                The image is built first if it does not exist. Every address of this host is served, until Ctrl-C. Clients can read \
                directories, files and parts of files; SHA256SUMS has the digests of all files, computed on request if no build \
                has written it.
                """,
                "Files that only their owner can read, such as keys, and names that begin with a dot are not served."
            )
            .example("mkosi --port 8000 serve")
            .options(SharedOptions.building)
            .option(port)
            .dropIn()
    }

    static let port = CommandOption<Int?>.number(
        "--port",
        "NUMBER",
        0...65535,
        "Listen on this port; 0 for any that is free; default: 8081"
    )

    static func run(_ context: CommandContext) throws(Failure) -> CInt {
        let cancellation = try BuildVerb.watchSignals()
        return try BuiltImage.use(context, cancellation, check: check) { built throws(Failure) in
            let display = context.display
            let path = built.image.outputDirectory
            let server = try HTTPServer(serving: path, port: context.invocation[port] ?? 8081) { line in
                display.log(.info, line)
            }
            display.log(.info, "Serving \(path) at http://localhost:\(server.port)/")
            server.run(cancellation: cancellation)
            // Its end is the user's, as that of every server.
            return cancellation.signal == SIGTERM || cancellation.signal == SIGINT
                ? 0 : 128 + (cancellation.signal ?? 0)
        }
    }

    private static func check(_ image: ImageConfiguration) throws(Failure) {
        guard image[.storageTargetMode] == .enabled else { return }
        throw Failure(
            .configuration,
            "mkosi serve cannot carry out StorageTargetMode=yes yet",
            hint: "Set by \(image.origin(of: .storageTargetMode))"
        )
    }
}

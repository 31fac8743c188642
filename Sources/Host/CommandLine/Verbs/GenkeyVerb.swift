import Configuration
import Display
import Glibc
import SigningClient
import SigningWire
import Support
import System

/// `mkosi genkey`: makes `mkosi.key` and `mkosi.crt`, which settings with keys find by themselves.
enum GenkeyVerb: VerbCommand {
    static var description: VerbDescription {
        VerbDescription("genkey", .none, "Generate keys and certificates for Secure Boot and SSH")
            .details(
                "Writes an RSA key of 2048 bits to mkosi.key and a certificate for it to mkosi.crt, in the current "
                    + "directory. They are the defaults of SecureBootKey=, VerityKey=, SignExpectedPcrKey= and their "
                    + "certificates.",
                "Existing files are only replaced with --force. The key has no pass phrase, and only its owner can "
                    + "read it; keep it out of version control."
            )
            .example("mkosi genkey --genkey-valid-days 365")
            .option(commonName)
            .option(validDays)
            .option(SharedOptions.force.help("Replace existing keys and certificates"))
            .dropIn()
    }

    private static let commonName = CommandOption<String?>.text(
        "--genkey-common-name",
        "NAME",
        "Common name of generated keys"
    ).dropIn()
    private static let validDays = CommandOption<Int?>.number(
        "--genkey-valid-days",
        "DAYS",
        1...36500,
        "Number of days for which generated keys are valid"
    ).dropIn()

    /// The name of the user who runs the program.
    private static var user: String {
        getpwuid(getuid()).map { String(cString: $0.pointee.pw_name) } ?? "\(getuid())"
    }

    static func run(_ context: CommandContext) throws(Failure) -> CInt {
        let files = ["mkosi.key", "mkosi.crt"].map { Paths.join(context.directory, $0) }
        for file in files where Files.kind(of: file) != nil {
            guard context.invocation[SharedOptions.force] > 0 else {
                throw Failure(
                    .exists,
                    "\(file) already exists",
                    hint: "To replace both mkosi.key and mkosi.crt, use mkosi --force genkey"
                )
            }
        }
        let name = context.invocation[Self.commonName] ?? "mkosi of \(Self.user)"
        let days = context.invocation[Self.validDays] ?? 730
        context.display.log(.info, "Generating an RSA key of 2048 bits for the common name \"\(name)\"")
        // The old ones go only when the new ones are there.
        let fresh = files.map { Paths.join(Paths.parent($0) ?? "/", ".\(Paths.name($0)).new") }
        for file in fresh { Files.remove(file) }
        var request = SigningRequest(.generate, key: KeyReference(fresh[0]), certificate: KeyReference(fresh[1]))
        request.commonName = name
        request.validDays = days
        _ = try context.signer.answer(request)
        do throws(SystemCallError) {
            for (new, file) in zip(fresh, files) { try systemCall("rename", file) { rename(new, file) } }
        } catch {
            for file in fresh { Files.remove(file) }
            throw Failure(.system, "Cannot write \(files[0]) and \(files[1])", cause: error)
        }
        context.display.log(.info, "Wrote \(files[0]) and \(files[1]), which is valid for \(days) days")
        return 0
    }
}

import Glibc
public import Support
import System

/// The staged installation that tests run, made by `make build CONFIG=debug`.
///
/// Every path into it throws if the stage is missing or was built from other sources than the checkout has now, so that no
/// test examines an older program.
public struct Stage: Sendable {
    /// The checkout that this file was compiled from.
    public static let packageRoot: String = Paths.absolute("../../..", from: #filePath)

    private static let current = Stage(
        prefix: Environment.variable("MKOSI_STAGE") ?? Paths.join(packageRoot, ".build/stage-debug"),
        checkout: packageRoot
    )
    /// Read once per run: it takes some 50 ms.
    private static let checked = Result { () throws(Failure) -> Installation in try current.check() }

    public static var installation: Installation { get throws(Failure) { try checked.get() } }
    public static var prefix: String { get throws(Failure) { try checked.get().prefix } }
    public static var mkosi: String { get throws(Failure) { Paths.join(try prefix, "bin/mkosi") } }
    public static var sandbox: String { get throws(Failure) { try installation.sandbox } }
    public static var fetch: String { get throws(Failure) { try installation.fetch } }
    public static var pluginBridge: String { get throws(Failure) { try installation.pluginBridge } }
    public static var plugins: String { get throws(Failure) { try installation.plugins } }

    /// True if the stage has debug programs, whose speed says nothing.
    public static var isDebug: Bool { current.path.hasSuffix("-debug") }

    private let path: String
    private let checkout: String

    init(prefix: String, checkout: String) {
        path = prefix
        self.checkout = checkout
    }

    /// Compares the digest of the sources that build.sh left in the stage with that of the checkout.
    func check() throws(Failure) -> Installation {
        let hint =
            "Run make build CONFIG=\(path.hasSuffix("-debug") ? "debug" : "release"), or make test-one FILTER=NAME"
        guard let built = try? Files.readText(Paths.join(path, ".complete")) else {
            throw Failure(.missing, "There is no complete stage in \(path)", hint: hint)
        }
        let digest: String
        do {
            digest = try runChecked([Paths.join(checkout, "Scripts/source-digest.sh"), checkout]).output
        } catch {
            throw Failure(.command, "Cannot read the sources in \(checkout)", cause: error)
        }
        guard digest == built else {
            throw Failure(.changed, "The stage in \(path) was not built from the sources as they are now", hint: hint)
        }
        return Installation(prefix: path)
    }
}

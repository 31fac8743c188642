import Glibc
public import Support

/// The staged installation that tests run, made by `make build CONFIG=debug`.
public enum Stage {
    /// `$MKOSI_STAGE`, or `.build/stage-debug` of this package.
    public static let prefix: String =
        Environment.variable("MKOSI_STAGE") ?? Paths.join(packageRoot, ".build/stage-debug")

    /// The checkout that this file was compiled from.
    public static let packageRoot: String = Paths.absolute("../../..", from: #filePath)

    public static var installation: Installation { Installation(prefix: prefix) }
    public static var mkosi: String { Paths.join(prefix, "bin/mkosi") }
    public static var sandbox: String { installation.sandbox }
    public static var fetch: String { installation.fetch }
    public static var pluginBridge: String { installation.pluginBridge }
    public static var plugins: String { installation.plugins }

    /// Whether the stage was made; a suite that needs it says `.enabled(if: Stage.exists)` and counts as skipped without.
    public static var exists: Bool { Files.isExecutable(mkosi) }
}

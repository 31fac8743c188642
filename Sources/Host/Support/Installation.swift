import CShims
import System

/// The places of the parts of this installation, seen from the running program.
///
/// The tree can be moved as a whole: every path follows from that of the program (`PREFIX/bin/mkosi`).
public struct Installation: Sendable {
    /// The directory that holds `bin` and `lib`.
    public var prefix: String

    public init(prefix: String) {
        self.prefix = prefix
    }

    /// The installation that the running program belongs to.
    public static func current() -> Installation {
        // Without a /proc the kernel still says by which path the program was executed, see getauxval(3).
        let executed = mkosi_executed_path().map { String(cString: $0) }
        let program = Paths.resolved("/proc/self/exe") ?? executed.flatMap(Paths.resolved) ?? "/usr/bin/mkosi"
        let bin = Paths.parent(program) ?? "/usr/bin"
        return Installation(prefix: Paths.parent(bin) ?? "/usr")
    }

    public var library: String { Paths.join(prefix, "lib/mkosi") }
    public var sandbox: String { Paths.join(prefix, "bin/mkosi-sandbox") }
    public var fetch: String { Paths.join(library, "libexec/mkosi-fetch") }
    public var sign: String { Paths.join(library, "libexec/mkosi-sign") }
    public var pluginBridge: String { Paths.join(library, "libexec/mkosi-plugin-bridge") }
    public var treeEditor: String { Paths.join(library, "libexec/mkosi-tree") }
    /// A library that makes programs read directory entries in reverse order.
    public var disorder: String { Paths.join(library, "libexec/mkosi-disorder.so") }
    public var plugins: String { Paths.join(library, "plugins") }
    /// The file that describes plugins which need not be installed.
    public var knownPlugins: String { Paths.join(library, "known-plugins.json") }
    /// The Swift runtime that plugins share.
    public var runtime: String { Paths.join(library, "runtime") }
    public var documentation: String { Paths.join(prefix, "share/doc/mkosi") }
}

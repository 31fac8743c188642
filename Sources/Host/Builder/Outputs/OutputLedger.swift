import ByteKeys
import Configuration
import LayerStore
import Support
import System

/// The names of all that builds have placed in an output directory, for it may be one of the build sources.
struct OutputLedger {
    private let path: String
    /// The prefix of the name of an `OutputLink`, which is an output only if it is such a link.
    private static let linkMark = "/"

    init(image: ImageConfiguration, store: any LayerKeeping) {
        var identity = LayerInputs()
        identity.add("outputs", image.outputDirectory)
        path = "\(store.directory)/outputs/\(identity.key.text)"
    }

    private var lines: ByteSet {
        ByteSet(((try? Files.readText(path)) ?? "").lines.map(String.init))
    }

    /// Those that are in the directory or may come there.
    func names(in directory: String) -> ByteSet {
        ByteSet(
            lines.compactMap { line in
                guard line.hasPrefix(Self.linkMark) else { return FileName(line)?.text }
                guard let name = FileName(String(line.dropFirst())) else { return nil }
                return OutputLink.exists(at: name.path(in: directory)) ? name.text : nil
            }
        )
    }

    /// Adds what a build is about to place, before it is there.
    func add(_ names: [String], link: String) throws(Failure) {
        let old = lines
        let all = old.union(
            (names + [Self.linkMark + Paths.name(link)]).filter { !$0.utf8.contains(UInt8(ascii: "\n")) }
        )
        if all == old { return }
        do throws(SystemCallError) {
            try Files.makeDirectories(Paths.parent(path) ?? "/", mode: 0o700)
            try Files.write(all.sorted().map { "\($0)\n" }.joined().utf8, to: path, mode: 0o600)
        } catch {
            throw Failure(.system, "Cannot record the names of outputs", cause: error)
        }
    }
}

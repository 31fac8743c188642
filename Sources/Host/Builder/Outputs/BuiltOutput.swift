import Crypto
public import Display
import Glibc
import Support
import System

/// A file or directory that a build has made, at its final path.
public struct BuiltOutput: Sendable {
    public var path: String
    /// SHA-256 in hexadecimal, if whatever wrote the output has computed it.
    public var digest: String?

    init(path: String, digest: String? = nil) {
        self.path = path
        self.digest = digest
    }

    /// The output as an event has it; a digest that is not known is computed if a consumer wants it.
    public func event(for reporter: EventReporter) -> BuildEvent.Output {
        let isFile = Files.kind(of: path) == S_IFREG
        let wantsDigest = isFile && digest == nil && reporter.wantsDigests
        return BuildEvent.Output(
            path: path,
            size: Files.size(of: path),
            digest: wantsDigest ? try? Digest.ofFile(path) : digest
        )
    }
}

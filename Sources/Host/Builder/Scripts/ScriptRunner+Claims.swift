import ByteKeys
import Configuration
import Display
import Support
import System

extension ScriptRunner {
    /// Keeps scripts of other images from changing what scripts of a kind change, as long as the claims live.
    ///
    /// Scripts that bring sources up to date have the sources for themselves, and build scripts the directory that they
    /// build in: the build directory where there is one, or else the sources, unless changes to them are thrown away.
    func claimDirectories(for kind: ScriptKind) throws(Failure) -> [DirectoryClaim] {
        let paths: [String]
        switch kind {
        case .sync: paths = ScriptSources.targets(of: settings.sources.buildSources).map(\.path)
        case .build:
            if let build = directories.build {
                paths = [Paths.resolved(build) ?? build]
            } else {
                let isKept = settings.sources.buildSourcesEphemeral == "no"
                // Scripts may also have copies of the sources.
                paths =
                    !isKept
                    ? []
                    : ScriptSources.targets(of: settings.sources.buildSources).map(\.path).filter {
                        SourceTransfer.method(settings.sources.sourceFileTransfer, source: $0) == nil
                    }
            }
        default: paths = []
        }
        var claims: [DirectoryClaim] = []
        // In one order, so that no two wait for each other.
        for path in ByteSet(paths).sorted() {
            let claim = try DirectoryClaim(
                "\(directories.locks)/directory-\(LockName.of(path))",
                isDirectory: false,
                cancellation: runner.environment.cancellation
            ) {
                runner.environment.display.log(.info, "Waiting for scripts of another image that may change \(path)")
            }
            claims.append(claim)
        }
        return claims
    }
}

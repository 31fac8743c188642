import Support
import System

extension ImageConfiguration {
    /// Refuses names of outputs that are not names of files, and a part of the build directory that is not in it.
    ///
    /// Single settings are checked where they are read; here it is what they come to together with others.
    func checkNames() throws(Failure) {
        for name in [self[.output], outputFileName, checksumFileName] {
            guard let flaw = FileName.flaw(of: name) else { continue }
            throw Failure(
                .configuration,
                "\(originOfOutput): the name of an output, \"\(name)\", \(flaw)",
                hint: "Set Output= to a file name; OutputDirectory= sets the directory of outputs"
            )
        }
        if let key = buildKey, RelativePath(key) == nil {
            throw Failure(
                .configuration,
                "\(origin(of: .buildKey)): BuildKey= needs a path below the build directory, not \"\(key)\"",
                hint: "Allowed: names separated by single slashes, none of which is . or .."
            )
        }
    }

    /// The origin of the output's name.
    private var originOfOutput: Origin {
        let origins = [settingName(.output), settingName(.imageID), settingName(.imageVersion)].map(origin)
        return origins.first { $0 != .standard } ?? .standard
    }
}

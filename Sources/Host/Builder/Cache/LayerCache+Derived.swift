import ByteKeys
import Glibc
import LayerStore
import PluginHost
import Support
import System

/// The data that a distribution's plugin computes from package metadata, such as the binary form of indexes.
extension LayerCache {
    /// More directories than this are kept only as long as they are new.
    private static let derivedLimit = 8
    /// The age, in seconds, from which a directory that is over the limit is removed: no build that uses it still runs.
    private static let derivedAge = 3600

    /// The directory for what is derived with this configuration of the package manager, made if it is missing.
    ///
    /// The package manager trusts what it finds there, and the configuration may contain commands that it runs. So the
    /// name is a digest of everything that can write to it: only the same commands ever find it again.
    func derivedDirectory(
        _ packageManager: PackageManagerInputs,
        variables: ByteDictionary<String> = [:]
    ) throws(Failure) -> String? {
        if isReadOnly { return nil }
        let parent = "\(store.directory)/derived"
        var inputs = try reading.configuration(packageManager)
        if !variables.isEmpty { inputs.add("variables", variables.sorted().map { "\($0.key)=\($0.value)" }) }
        let path = "\(parent)/\(inputs.key.text)"
        do throws(SystemCallError) {
            try Files.makeDirectories(path, mode: 0o700)
            utimensat(AT_FDCWD, path, nil, 0)
            removeOldDerived(in: parent, names: try Files.list(parent))
        } catch {
            throw Failure(.system, "Cannot create a directory for derived indexes", cause: error)
        }
        return path
    }

    private func removeOldDerived(in parent: String, names: [String]) {
        if names.count <= Self.derivedLimit { return }
        let oldest = Int(time(nil)) - Self.derivedAge
        let dated = names.compactMap { name -> (path: String, used: Int)? in
            let path = "\(parent)/\(name)"
            return FileStatus(at: path).map { (path, $0.modified.seconds) }
        }
        for entry in dated.sorted(by: { $0.used < $1.used }).dropLast(Self.derivedLimit) where entry.used < oldest {
            for name in (try? Files.list(entry.path)) ?? [] { Files.remove("\(entry.path)/\(name)") }
            rmdir(entry.path)
        }
    }
}

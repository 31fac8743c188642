import ByteKeys
import System

/// Key files that a manifest names, and their places in the sandbox.
public enum KeyFiles {
    /// Returns the path of each file below a directory: its own name, after a number if another file has the same.
    public static func targets(_ files: [String], in directory: String) -> [(source: String, target: String)] {
        var taken: ByteSet = []
        return files.enumerated().map { number, file in
            let name = Paths.name(file)
            let target = "\(directory)/\(taken.insert(name).inserted ? "" : "\(number)-")\(name)"
            return (file, target)
        }
    }
}

import ByteKeys
import Support
import System

/// Files and lists of directories that were read: what several images include is read once.
final class FileCache {
    private var files: ByteDictionary<(text: String, file: ConfigurationFile)> = [:]
    private var lists: ByteDictionary<[String]> = [:]

    func file(_ path: String) throws(Failure) -> (text: String, file: ConfigurationFile) {
        if let known = files[path] { return known }
        let text = try ConfigurationFile.text(of: path)
        let read = (text, try ConfigurationFile(path: path, text: text))
        files[path] = read
        return read
    }

    /// The names in a directory, in order; none when there is no such directory.
    func names(in directory: String) throws(Failure) -> [String] {
        if let known = lists[directory] { return known }
        var names: [String] = []
        if Files.isDirectory(directory) {
            do throws(SystemCallError) {
                names = try Files.list(directory)
            } catch {
                throw Failure(.system, "Cannot read the directory \(directory)", cause: error)
            }
        }
        lists[directory] = names
        return names
    }
}

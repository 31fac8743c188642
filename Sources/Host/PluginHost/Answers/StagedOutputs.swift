import ByteKeys
import Crypto
import Glibc
public import PluginWire
import Support
import System

/// The files that a plugin has left in its output directory, compared with those that it lists in its answer.
public enum StagedOutputs {
    /// A file that the plugin lists, or where they are allowed a directory.
    private struct Entry {
        var name: String
        var sha256: String?
    }

    /// Checks that the directory holds exactly the listed outputs, as files and directories, with the given digests.
    ///
    /// The plugins that are part of the program compute digests from what they write, and are tested with it: to read
    /// large outputs once more would only cost time.
    ///
    /// - Parameters:
    ///   - outputs: What the plugin listed.
    ///   - staging: The directory that it wrote to.
    ///   - readsFiles: Whether digests are compared with the files, which reads them whole.
    /// - Throws: one sentence about the first output that is not as listed.
    public static func check(
        _ outputs: [ABI.V1.Output],
        in staging: String,
        readsFiles: Bool = true
    ) throws(AnswerFlaw) {
        let entries = outputs.map { Entry(name: $0.name, sha256: readsFiles ? $0.sha256 : nil) }
        try check(entries, "outputs", in: staging, directories: true)
        if readsFiles { return }
        for output in outputs where output.sha256 != nil {
            if Files.kind(of: Paths.join(staging, output.name)) == S_IFDIR { throw isDirectory(output.name) }
        }
    }

    /// Throws unless the directory holds exactly the listed files of an artifact, with the given digests.
    public static func check(_ files: [ABI.V1.ArtifactFile], in staging: String) throws(AnswerFlaw) {
        try check(files.map { Entry(name: $0.name, sha256: $0.sha256) }, "files", in: staging, directories: false)
    }

    private static func isDirectory(_ name: String) -> AnswerFlaw {
        AnswerFlaw("gives a SHA-256 digest of \(name), which is a directory")
    }

    /// No link is followed: one would lead to files of the host, which would be published or passed on.
    private static func check(
        _ outputs: [Entry],
        _ title: String,
        in staging: String,
        directories: Bool
    ) throws(AnswerFlaw) {
        if let kind = Files.kind(of: staging), kind != S_IFDIR {
            throw AnswerFlaw("has replaced the directory of \(title) by \(name(of: kind))")
        }
        let found: [String]
        do throws(SystemCallError) {
            found = try Files.list(staging)
        } catch {
            throw AnswerFlaw("has left an unreadable directory of \(title): \(error)")
        }
        let listed = Set(outputs.map { ByteText($0.name) })
        if let stray = found.first(where: { !listed.contains(ByteText($0)) }) {
            throw AnswerFlaw("has left \(AnswerFlaw.quoted(stray)) among the \(title) without listing it")
        }
        for output in outputs {
            let path = Paths.join(staging, output.name)
            switch Files.kind(of: path) {
            case nil: throw AnswerFlaw("listed \(output.name), which does not exist")
            case S_IFREG: try checkDigest(of: output, at: path)
            case S_IFDIR where directories:
                guard output.sha256 == nil else {
                    throw isDirectory(output.name)
                }
            case let kind?:
                let expected = directories ? "a file or a directory" : "a file"
                throw AnswerFlaw("created \(output.name) as \(name(of: kind)), not as \(expected)")
            }
        }
    }

    private static func checkDigest(of output: Entry, at path: String) throws(AnswerFlaw) {
        guard let expected = output.sha256 else { return }
        let digest: String
        do {
            digest = try Digest.ofFile(path)
        } catch {
            throw AnswerFlaw("created \(output.name), which cannot be read: \(error.message)")
        }
        guard digest == expected else {
            throw AnswerFlaw("gives \(expected) as the SHA-256 of \(output.name), which is \(digest)")
        }
    }

    private static func name(of kind: UInt32) -> String {
        switch kind {
        case S_IFLNK: "a symbolic link"
        case S_IFDIR: "a directory"
        case S_IFIFO: "a fifo"
        case S_IFSOCK: "a socket"
        case S_IFREG: "a file"
        default: "a device node"
        }
    }
}

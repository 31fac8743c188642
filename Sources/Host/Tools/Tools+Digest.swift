import ByteKeys
import Crypto
import Glibc
import LayerStore
public import Support
import System

extension Tools {
    /// Directories of programs, and of the links that choose one of several programs for a name.
    private static let programs = [
        "/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/etc/alternatives",
    ]

    /// Directories of what programs read, and how many levels of them are listed.
    private static let data = [
        ("/usr/include", 2), ("/usr/lib", 2), ("/usr/lib64", 2), ("/usr/libexec", 2), ("/usr/share", 1),
    ]

    /// The digest of all programs, and of which libraries and other files are installed for them.
    ///
    /// It is the same for two roots with the same tools: no times, owners or inodes are part of it. Programs are read; of
    /// libraries and data the names and sizes have to do, for there are too many to read. The digest is kept in `file`,
    /// and is not computed again as long as the kernel reports the same of all programs and directories.
    public func digest(keptIn file: String) throws(Failure) -> String {
        var newest = FileTime(seconds: 0)
        let begun = ChangeClock.now
        let fingerprint = try Self.digest(of: fingerprint(&newest))
        let known = ((try? Files.readText(file)) ?? "").split(separator: " ")
        if known.count == 2, known[0] == fingerprint { return String(known[1]) }
        let digest = try Self.digest(of: content())
        // While something is being installed, what was read may be half of it and change without another time.
        // A time that is far in the future is a mistake of a clock: waiting for it would read everything in every build.
        guard ChangeClock.isPast(newest, at: begun) || newest.seconds > begun.seconds + 2 else { return digest }
        // Without the file it is only computed once more.
        try? Files.makeDirectories(Paths.parent(file) ?? "/", mode: 0o700)
        try? Files.write("\(fingerprint) \(digest)".utf8, to: file, mode: 0o600)
        return digest
    }

    private static func digest(of text: String) throws(Failure) -> String {
        do throws(DigestError) {
            return try Digest.of(Array(text.utf8))
        } catch {
            throw Failure(.system, error.message)
        }
    }

    /// Returns a text that identifies the tools, independent of their place and of the time since when they are there.
    private func content() throws(Failure) -> String {
        var text = ""
        var seen: ByteSet = []
        for directory in Self.programs {
            // One may be a link to another.
            guard let path = hostPath(of: directory), seen.insert(path).inserted else { continue }
            var index = TreeIndex()
            do throws(TreeManifestError) {
                text += "\(directory) \(try TreeManifest(of: path, as: .program, index: &index).digest)\n"
            } catch {
                throw Failure(.system, "Cannot read the tools in \(path)", cause: error)
            }
        }
        for (directory, depth) in Self.data {
            guard let path = hostPath(of: directory), seen.insert(path).inserted else { continue }
            text += Self.listing(of: path, as: directory, depth: depth)
        }
        return text
    }

    /// Names of the entries, sizes of the files among them, and the same of the directories among them.
    private static func listing(of path: String, as name: String, depth: Int) -> String {
        var text = ""
        for entry in ((try? Files.list(path)) ?? []).sortedByBytes() {
            let here = "\(path)/\(entry)"
            switch Files.kind(of: here) {
            case S_IFDIR:
                text += "\(name)/\(entry)/\n"
                if depth > 1 { text += listing(of: here, as: "\(name)/\(entry)", depth: depth - 1) }
            case S_IFREG: text += "\(name)/\(entry) \(Files.size(of: here) ?? 0)\n"
            case S_IFLNK: text += "\(name)/\(entry) -> \(Paths.linkTarget(here) ?? "")\n"
            default: text += "\(name)/\(entry)\n"
            }
        }
        return text
    }
}

// Shows on this host whether anything about the tools has changed, in a few milliseconds.
extension Tools {
    /// `newest` becomes the latest time of change of anything that is asked for.
    private func fingerprint(_ newest: inout FileTime) -> String {
        var text = root + "\n"
        for directory in Self.programs {
            guard let path = hostPath(of: directory) else { continue }
            for name in ((try? Files.list(path)) ?? []).sortedByBytes() {
                text += Self.state(of: "\(path)/\(name)", &newest)
            }
        }
        // A package that comes, goes or changes gives its directories another time: there are too many files to ask.
        for (directory, depth) in Self.data {
            guard let path = hostPath(of: directory) else { continue }
            text += Self.state(of: path, &newest)
            for child in Self.directories(in: path) {
                text += Self.state(of: child, &newest)
                guard depth > 1 else { continue }
                for inner in Self.directories(in: child) { text += Self.state(of: inner, &newest) }
            }
        }
        return text
    }

    /// The directories in a directory, as the kernel lists them: to ask for each entry would take far longer.
    private static func directories(in directory: String) -> [String] {
        ((try? DirectoryReader.directories(at: directory)) ?? []).map { "\(directory)/\($0)" }
    }

    private static func state(of path: String, _ newest: inout FileTime) -> String {
        guard let status = FileStatus(at: path) else { return "" }
        newest = max(newest, status.changed)
        let times = "\(status.modified.seconds) \(status.changed.seconds).\(status.changed.nanoseconds)"
        return "\(path) \(status.device) \(status.inode) \(status.size) \(times)\n"
    }
}

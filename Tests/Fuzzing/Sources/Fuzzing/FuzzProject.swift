import Glibc
import Support
import System

/// A small project out of the bytes of an input.
///
/// ```
/// [Content]                     what comes before the first marker is mkosi.conf, or mkosi.default
/// Packages=a
/// === file mkosi.conf.d/a.conf  a file; `program` makes it executable, `secret` only readable by its owner
/// === directory mkosi.extra     an empty directory
/// === fifo mkosi.local.conf     a pipe without a writer
/// === link a b                  a symbolic link of the name a to b
/// === environment               NAME=VALUE, one a line
/// === options                   words of the command line, one a line
/// ```
struct FuzzProject {
    var files: [File] = []
    var environment: [String: String] = [:]
    var options: [String] = []

    struct File {
        var kind: Kind
        var name: String
        /// What the file holds, or where the link leads.
        var content: ArraySlice<UInt8> = []

        enum Kind: String {
            case file, program, secret, directory, fifo, link
        }
    }

    private static let marker = Array("=== ".utf8)
    /// More files would only make each run slower.
    private static let maximumFiles = 40

    init(_ bytes: [UInt8], standardName: String = "mkosi.conf") {
        var header = "file \(standardName)"
        var start = 0
        var line = 0
        while line < bytes.count {
            let end = bytes[line...].firstIndex(of: 10) ?? bytes.count
            if bytes[line...].starts(with: Self.marker) {
                add(header, bytes[start..<line])
                header = String(decoding: bytes[(line + 4)..<end], as: UTF8.self)
                start = min(end + 1, bytes.count)
            }
            line = end + 1
        }
        add(header, bytes[start...])
    }

    private mutating func add(_ header: String, _ content: ArraySlice<UInt8>) {
        let words = header.split(separator: " ").map(String.init)
        guard let first = words.first, files.count < Self.maximumFiles else { return }
        let lines = content.split(separator: 10).map { String(decoding: $0, as: UTF8.self) }
        switch first {
        case "options": options += lines
        case "environment":
            for line in lines {
                guard let equals = line.firstIndex(of: "=") else { continue }
                environment[String(line[..<equals])] = String(line[line.index(after: equals)...])
            }
        default:
            guard let kind = File.Kind(rawValue: first), words.count > 1, let name = Self.name(words[1]) else { return }
            if kind == .link {
                guard words.count > 2 else { return }
                files.append(File(kind: kind, name: name, content: Array(words[2].utf8)[...]))
            } else {
                files.append(File(kind: kind, name: name, content: content))
            }
        }
    }

    /// A path that stays below the project, or nil.
    private static func name(_ text: String) -> String? {
        let parts = text.split(separator: "/").filter { $0 != "." && $0 != ".." }
        guard (1...6).contains(parts.count), !text.utf8.contains(0), text.utf8.count < 200 else { return nil }
        return parts.joined(separator: "/")
    }

    /// Runs something while the files are there.
    func onDisk(in directory: String, _ body: () -> Void) {
        var made: [String] = []
        for file in files { make(file, in: directory, &made) }
        body()
        for path in made.reversed() { remove(path) }
    }

    private func make(_ file: File, in project: String, _ made: inout [String]) {
        var directory = project
        for part in file.name.split(separator: "/").dropLast() {
            directory += "/\(part)"
            // Nothing is made where a link of the project leads.
            if mkdir(directory, 0o755) == 0 { made.append(directory) }
            guard Files.kind(of: directory) == S_IFDIR else { return }
        }
        let path = "\(project)/\(file.name)"
        switch file.kind {
        case .directory:
            if mkdir(path, 0o755) == 0 { made.append(path) }
        case .fifo:
            if mkfifo(path, 0o644) == 0 { made.append(path) }
        case .link:
            if symlink(String(decoding: file.content, as: UTF8.self), path) == 0 { made.append(path) }
        case .file, .program, .secret:
            let mode: mode_t = file.kind == .file ? 0o644 : file.kind == .program ? 0o755 : 0o600
            let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
            guard descriptor >= 0 else { return }
            made.append(path)
            _ = file.content.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            close(descriptor)
        }
    }
}

import Glibc
import Sandbox
import Support
import System
import Tools

/// Programs of this installation and of plugins in a sandbox that has other tools than the host's.
///
/// They are linked with libraries of the host, which other tools need not have. So they are started by the host's dynamic
/// loader with the host's libraries (ld.so(8)); what they start in turn is the tools' own.
struct OwnPrograms {
    private let sandbox: BuildSandbox

    /// The place of the host's `/usr` in a sandbox with other tools.
    static let place = "/run/mkosi/host"

    init(_ sandbox: BuildSandbox) {
        self.sandbox = sandbox
    }

    /// The mounts that a sandbox needs for them.
    var steps: [Plan.Step] {
        if sandbox.tools.isHost { return [] }
        return ["/usr", "/lib", "/lib64"].compactMap { path in
            // On a merged system the others are links, which lead into the same /usr.
            switch Files.kind(of: path) {
            case S_IFDIR: .readOnly(path, at: Self.place + path)
            case S_IFLNK: .symlink(content: "usr\(path)", target: Self.place + path)
            default: nil
            }
        }
    }

    /// The command line, with the loader in front where the program is one of these.
    func words(_ words: [String]) -> [String] {
        guard !sandbox.tools.isHost, let program = words.first, isOwn(program), let loader = Self.loader else {
            return words
        }
        let path = program.hasPrefix("/usr/") ? Self.place + program : program
        return [Self.place + loader, "--library-path", Self.libraries, path] + words.dropFirst()
    }

    private func isOwn(_ program: String) -> Bool {
        let directories = [sandbox.installation.library] + sandbox.readable
        return directories.contains { program.hasPrefix("\($0)/") }
    }

    /// Directories of libraries, those of one architecture first (as file-hierarchy(7) has them).
    private static let libraries: String = {
        let names = ((try? Files.list("/usr/lib")) ?? []).filter { $0.contains("-linux-") }.sorted()
        let directories = names.map { "/usr/lib/\($0)" } + ["/usr/lib64", "/usr/lib"]
        return directories.filter(Files.isDirectory).map { place + $0 }.joined(separator: ":")
    }()

    /// The dynamic loader of this program.
    private static let loader: String? = {
        guard let bytes = try? Files.read("/proc/self/maps") else { return nil }
        // The kernel maps the loader of every program that has one.
        for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") {
            guard let slash = line.utf8.firstIndex(of: UInt8(ascii: "/")) else { continue }
            let path = String(line[slash...])
            if Paths.name(path).hasPrefix("ld-") || Paths.name(path).hasPrefix("ld64") { return path }
        }
        return nil
    }()
}

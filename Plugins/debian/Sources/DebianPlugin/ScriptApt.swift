import DistributionKit
import Glibc
import PluginKit
import PluginWire
import System

/// apt's programs for scripts: the machine's own, for they need the network and what is cached, with the image's dpkg.
struct ScriptApt {
    let root: String
    /// The indexes that are kept between builds, and what scripts have fetched in this one.
    let cache: String
    let architecture: String

    /// Of this build alone, and of no package in the image: the sandbox of scripts has a `/var/tmp` of its own.
    private let scratch: String

    init(root: String, cache: String, architecture: String) {
        self.root = root
        self.cache = cache
        self.architecture = architecture
        let temporary = getenv("TMPDIR").map { String(cString: $0) } ?? ""
        scratch = (temporary.hasPrefix("/") ? temporary : "/var/tmp") + "/mkosi-apt"
    }

    func run(_ program: String, _ arguments: [String]) throws -> Int32 {
        let states = "\(scratch)/extended_states"
        for directory in ["\(cache)/lists/partial", "\(cache)/archives/partial", "\(scratch)/log"] {
            try SystemFile.makeDirectories(directory)
        }
        if !arguments.contains("update") { try dropFaults() }
        let before = try TreeEntry.visit(root) { SystemFile.read(ExtendedStates.path) }
        try SystemFile.write(states, before ?? [])
        guard let status = try TreeEntry.place(of: DpkgDatabase.path + "/status", in: root) else {
            throw ErrorObject(code: .notFound, message: "no packages are installed in the image")
        }
        let options = try options(status: status, states: states).flatMap { ["-o", $0] }
        let result = try PlainCommand(arguments: [program] + options + arguments).run()
        let after = SystemFile.read(states)
        if let after, after != before ?? [] {
            try TreeEntry.visit(root) { () throws(ErrorObject) in
                if SystemFile.isDirectory(ExtendedStates.directory) { try SystemFile.write(ExtendedStates.path, after) }
            }
        }
        return result
    }

    /// Prevents apt from reading an index that does not match its signed list.
    private func dropFaults() throws {
        let channel = try ToolChannel(path: nil)
        let check = try ListCheck(
            AptSource.read(directory: "/etc/apt"),
            in: "\(cache)/lists",
            scratch: scratch,
            channel: channel
        )
        for fault in check.faults {
            let line = Array("the cached index \(fault.url) \(fault.reason), and is not used\n".utf8)
            _ = write(STDERR_FILENO, line, line.count)
            for name in fault.files { unlink("\(cache)/lists/\(name)") }
        }
    }

    private func options(status: String, states: String) throws(ErrorObject) -> [String] {
        guard let own = realpath("/proc/self/exe", nil) else { throw SystemFile.failure("find", "/proc/self/exe") }
        defer { free(own) }
        return [
            "Dir::State=\(scratch)", "Dir::State::lists=\(cache)/lists", "Dir::State::status=\(status)",
            "Dir::State::extended_states=\(states)", "Dir::Cache=\(scratch)",
            "Dir::Cache::archives=\(cache)/archives", "Dir::Log=\(scratch)/log",
            "APT::Architecture=\(architecture)", "APT::Architectures=\(architecture)", "APT::Sandbox::User=root",
            "APT::Get::Assume-Yes=true", "APT::Get::allow-downgrades=true", "Debug::NoLocking=true",
            "pkgCacheGen::ForceEssential=,", "Dir::Bin::dpkg=\(String(cString: own))",
            "DPkg::Options::=--tool", "DPkg::Options::=script", "DPkg::Options::=dpkg", "DPkg::Options::=\(root)",
            "DPkg::Options::=dpkg", "DPkg::Options::=--force-unsafe-io", "DPkg::Use-Pty=false",
            "DPkg::Install::Recursive::Minimum=1000",
        ]
    }
}

import Glibc
import JSON
import PluginKit
public import PluginWire

/// Finds out if this machine can run the programs of an architecture, as maintainer scripts have to.
public struct MachineCheck {
    /// The architecture, as the host names it.
    public var architecture: String
    /// As uname(2) names it; by default that of this machine.
    public var machine: String

    public init(architecture: String, machine: String? = nil) {
        self.architecture = architecture
        self.machine = machine ?? Self.thisMachine
    }

    /// The magic bytes that identify programs of each architecture.
    private struct Programs {
        var isWide: Bool
        var isBigEndian = false
        var number: UInt16
    }

    private static let programs: [String: Programs] = [
        "alpha": Programs(isWide: true, number: 0x9026),
        "arm": Programs(isWide: false, number: 40),
        "arm64": Programs(isWide: true, number: 183),
        "loongarch64": Programs(isWide: true, number: 258),
        "ia64": Programs(isWide: true, number: 50),
        "mips-le": Programs(isWide: false, number: 8),
        "mips64-le": Programs(isWide: true, number: 8),
        "parisc": Programs(isWide: false, isBigEndian: true, number: 15),
        "ppc": Programs(isWide: false, isBigEndian: true, number: 20),
        "ppc64": Programs(isWide: true, isBigEndian: true, number: 21),
        "ppc64-le": Programs(isWide: true, number: 21),
        "riscv64": Programs(isWide: true, number: 243),
        "s390x": Programs(isWide: true, isBigEndian: true, number: 22),
        "x86": Programs(isWide: false, number: 3),
        "x86-64": Programs(isWide: true, number: 62),
    ]

    private static let native: [String: Set<String>] = [
        "x86_64": ["x86-64", "x86"], "i386": ["x86"], "i486": ["x86"], "i586": ["x86"], "i686": ["x86"],
        "aarch64": ["arm64"], "armv7l": ["arm"], "armv8l": ["arm"], "loongarch64": ["loongarch64"],
        "ppc64le": ["ppc64-le"], "ppc64": ["ppc64", "ppc"], "ppc": ["ppc"], "riscv64": ["riscv64"],
        "s390x": ["s390x"], "mips64": ["mips64-le", "mips-le"], "mips": ["mips-le"], "alpha": ["alpha"],
        "parisc": ["parisc"], "parisc64": ["parisc"], "ia64": ["ia64"],
    ]

    private static var thisMachine: String {
        var name = utsname()
        uname(&name)
        return withUnsafePointer(to: &name.machine) {
            $0.withMemoryRebound(to: CChar.self, capacity: MemoryLayout.size(ofValue: $0.pointee)) {
                String(cString: $0)
            }
        }
    }

    /// Throws when neither the processor nor an emulator runs the programs.
    ///
    /// `workspace` is a directory for a file that is tried.
    public func check(workspace: String) throws(ErrorObject) {
        guard let native = Self.native[machine], !native.contains(architecture) else { return }
        guard let programs = Self.programs[architecture] else { return }
        if try Self.refuses(programs, workspace: workspace) {
            throw ErrorObject(
                code: .unsupported,
                message: "this host (\(machine)) cannot run programs for the architecture \(architecture)",
                hint: "Install qemu-user-static and binfmt-support on the host",
                subject: "Architecture="
            )
        }
    }

    /// Returns true if the kernel knows nothing that runs such programs.
    ///
    /// The kernel is tested itself, with a file that has the header of a program and nothing else: its list of
    /// emulators need not
    /// be mounted here, and is not in most containers.
    private static func refuses(_ programs: Programs, workspace: String) throws(ErrorObject) -> Bool {
        let directory = try ToolRun.privateDirectory(below: workspace, for: "machine")
        defer { rmdir(directory) }
        let path = directory + "/program"
        try SystemFile.write(path, header(of: programs), mode: 0o700)
        defer { unlink(path) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for descriptor in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO] {
            posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null", O_RDWR, 0)
        }
        var child = pid_t()
        let result = path.withCString { name in
            var arguments = [UnsafeMutablePointer(mutating: name), nil]
            return posix_spawn(&child, name, &actions, nil, &arguments, environ)
        }
        if result == 0 {
            // An emulator has taken it, and found out by now that there is nothing in it.
            var status: Int32 = 0
            while waitpid(child, &status, 0) < 0, errno == EINTR {}
        }
        return result == ENOEXEC
    }

    /// The header of a program without content.
    private static func header(of programs: Programs) -> [UInt8] {
        func bytes(_ number: UInt16) -> [UInt8] {
            let pair = [UInt8(number & 0xFF), UInt8(number >> 8)]
            return programs.isBigEndian ? pair.reversed() : pair
        }
        var header: [UInt8] = [0x7F]
        header += Array("ELF".utf8)
        header += [programs.isWide ? 2 : 1, programs.isBigEndian ? 2 : 1, 1]
        header += [UInt8](repeating: 0, count: 9)
        header += bytes(2) + bytes(programs.number)
        return header + [UInt8](repeating: 0, count: 128 - header.count)
    }
}

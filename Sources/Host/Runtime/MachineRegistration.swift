import Glibc
public import Support
import System

/// The name of a running virtual machine, and the port of this host by which its SSH server is reached.
///
/// Both are names of sockets in the abstract namespace (unix(7)), so that nothing is left of a machine that was killed.
public struct MachineRegistration: ~Copyable {
    /// The port that is forwarded.
    public let port: Int
    private let name: Descriptor
    private let address: Descriptor

    /// Claims the name of a machine, and chooses a port.
    ///
    /// - Parameters:
    ///   - machine: The machine's name.
    ///   - image: The path of its image: projects in directories of the same name have machines of the same name.
    /// - Throws: one sentence where the machine runs already.
    public init(_ machine: String, image: String) throws(Failure) {
        let prefix = Self.prefix(machine, image)
        do throws(SystemCallError) {
            let name = try Self.listening(prefix)
            let port = try Self.freePort()
            let address = try Self.listening("\(prefix)/\(port)")
            self.port = port
            self.name = name
            self.address = address
        } catch {
            guard error.errno == EADDRINUSE else {
                throw Failure(.system, "Cannot register the machine \(machine)", cause: error)
            }
            throw Failure(
                .busy,
                "The machine \(machine) runs already",
                hint:
                    "Give this one another name with --machine=NAME, and start both with --ephemeral=yes"
            )
        }
    }

    /// The port of a running machine of the same user.
    ///
    /// - Parameters:
    ///   - machine: The machine's name.
    ///   - image: The path of its image.
    /// - Returns: The port that is forwarded to its SSH server.
    /// - Throws: one sentence where it does not run.
    public static func port(of machine: String, image: String) throws(Failure) -> Int {
        let prefix = "@\(prefix(machine, image))/"
        let lines = ((try? Files.readText("/proc/net/unix")) ?? "").split(separator: "\n")
        for line in lines {
            guard let start = line.firstRange(of: prefix)?.upperBound, let port = Int(line[start...]) else { continue }
            // Another user can choose the same name.
            if owner(of: "\(prefix.dropFirst())\(port)") == geteuid() { return port }
        }
        throw Failure(
            .missing,
            "The machine \(machine) does not run",
            hint: "Start it with mkosi vm, or name another one with --machine=NAME"
        )
    }

    private static func prefix(_ machine: String, _ image: String) -> String {
        // FNV-1a: only different paths have to have different names.
        let hash = image.utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
        return "mkosi-vm/\(geteuid())/\(String(hash, radix: 16))/\(machine.prefix(64))"
    }

    private static func socket(_ family: CInt) throws(SystemCallError) -> Descriptor {
        // Another user's listener with a full queue must not block a connection.
        let kind = CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue) | CInt(SOCK_NONBLOCK.rawValue)
        return Descriptor(owning: try systemCall("socket") { Glibc.socket(family, kind, 0) })
    }

    private static func listening(_ name: String) throws(SystemCallError) -> Descriptor {
        let socket = try socket(AF_UNIX)
        try systemCall("bind", name) { withAddress(name) { bind(socket.number, $0, $1) } }
        // Connections are never accepted: each one, made to find the owner, takes a place in the queue and keeps it.
        try systemCall("listen", name) { listen(socket.number, SOMAXCONN) }
        return socket
    }

    /// The user whose process listens on a socket.
    private static func owner(of name: String) -> uid_t? {
        guard let socket = try? socket(AF_UNIX) else { return nil }
        guard withAddress(name, { connect(socket.number, $0, $1) }) == 0 else { return nil }
        var credentials = [pid_t](repeating: 0, count: 3)
        var size = socklen_t(3 * MemoryLayout<pid_t>.size)
        // struct ucred: a process, its user and its group.
        guard getsockopt(socket.number, SOL_SOCKET, SO_PEERCRED, &credentials, &size) == 0 else { return nil }
        return uid_t(bitPattern: credentials[1])
    }

    private static func withAddress<Result>(
        _ name: String,
        _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result
    ) -> Result {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(name.utf8.prefix(MemoryLayout.size(ofValue: address.sun_path) - 1))
        // The null byte in front is what makes the name an abstract one.
        withUnsafeMutableBytes(of: &address.sun_path) { path in
            for (index, byte) in bytes.enumerated() { path[index + 1] = byte }
        }
        let size = MemoryLayout<sa_family_t>.size + 1 + bytes.count
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(size)) }
        }
    }

    /// A port without a listener at the moment.
    private static func freePort() throws(SystemCallError) -> Int {
        let socket = try socket(AF_INET)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = in_addr_t(INADDR_LOOPBACK).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        try systemCall("bind") {
            withUnsafePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(socket.number, $0, size) }
            }
        }
        _ = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(socket.number, $0, &size) }
        }
        return Int(in_port_t(bigEndian: address.sin_port))
    }
}

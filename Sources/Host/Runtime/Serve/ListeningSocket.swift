import Glibc
import Support
import System

/// A socket that waits for connections from any address.
struct ListeningSocket: ~Copyable {
    private let socket: Descriptor
    let port: Int

    private init(_ socket: consuming Descriptor, _ port: Int) {
        self.socket = socket
        self.port = port
    }

    /// The number, for calls that borrow it.
    var number: CInt { socket.number }

    /// Opens one for IPv6 and IPv4, or for IPv4 where the kernel has only that.
    ///
    /// - Parameter port: 0 for any that is free.
    /// - Returns: The socket, which does not block.
    /// - Throws: one sentence where the port is taken.
    static func open(_ port: Int) throws(Failure) -> ListeningSocket {
        do throws(SystemCallError) {
            do throws(SystemCallError) {
                return try open(port, AF_INET6)
            } catch {
                guard [EAFNOSUPPORT, EADDRNOTAVAIL].contains(error.errno) else { throw error }
                return try open(port, AF_INET)
            }
        } catch {
            if error.errno == EADDRINUSE {
                throw Failure(
                    .busy,
                    "Port \(port) is in use by another program",
                    hint: "Set another one with --port, or 0 for any that is free"
                )
            }
            throw Failure(.system, "Cannot listen on port \(port)", cause: error)
        }
    }

    private static func open(_ port: Int, _ family: CInt) throws(SystemCallError) -> ListeningSocket {
        let kind = CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue) | CInt(SOCK_NONBLOCK.rawValue)
        let socket = Descriptor(owning: try systemCall("socket") { Glibc.socket(family, kind, 0) })
        var on: CInt = 1
        var off: CInt = 0
        let size = socklen_t(MemoryLayout<CInt>.size)
        setsockopt(socket.number, SOL_SOCKET, SO_REUSEADDR, &on, size)
        if family == AF_INET6 { setsockopt(socket.number, CInt(IPPROTO_IPV6), IPV6_V6ONLY, &off, size) }
        try systemCall("bind") { bind(socket.number, port, family) }
        try systemCall("listen") { listen(socket.number, 128) }
        let number = number(of: socket.number)
        return ListeningSocket(socket, number)
    }

    private static func bind(_ socket: CInt, _ port: Int, _ family: CInt) -> CInt {
        var new = sockaddr_in6()
        new.sin6_family = sa_family_t(AF_INET6)
        new.sin6_port = in_port_t(port).bigEndian
        var old = sockaddr_in()
        old.sin_family = sa_family_t(AF_INET)
        old.sin_port = in_port_t(port).bigEndian
        if family == AF_INET6 {
            return withUnsafePointer(to: &new) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    Glibc.bind(socket, $0, socklen_t(MemoryLayout<sockaddr_in6>.size))
                }
            }
        }
        return withUnsafePointer(to: &old) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.bind(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }

    /// The port that a socket has got; both families have it at the same place.
    private static func number(of socket: CInt) -> Int {
        var address = sockaddr_in6()
        var size = socklen_t(MemoryLayout<sockaddr_in6>.size)
        _ = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(socket, $0, &size) }
        }
        return Int(in_port_t(bigEndian: address.sin6_port))
    }
}

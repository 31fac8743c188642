import CShims
import Glibc
public import Support
public import System

/// A flag that says that the user has given up, which threads can ask and that poll(2) can wait for.
///
/// The descriptor becomes readable when the work is to stop and stays so, because it is never read.
public final class Cancellation: Sendable {
    private let pipe: Pipe

    public init() throws(SystemCallError) {
        pipe = try Descriptor.pipe()
        pipe.writer.setNonBlocking()
    }

    /// Seconds that the process has for its end once a thread has noticed the signal.
    ///
    /// Whatever it has not removed by then, the janitor of its workspace removes.
    private static let patienceWithCleaning: UInt32 = 30

    /// Cancels when SIGINT, SIGTERM, SIGHUP or SIGQUIT arrives, from any thread; to be called once in a process.
    ///
    /// If no thread asks for `patience` seconds after the signal, the process ends: so there is no phase that cannot be
    /// cancelled, whatever it computes. A build may be killed at any time, so that costs nothing.
    public func followSignals(patience: Int = 3) throws(SystemCallError) {
        let reason = mkosi_route_signals(pipe.writer.number, UInt32(clamping: patience))
        if reason != 0 { throw SystemCallError("sigaction", errno: reason) }
    }

    /// Readable from the moment of cancellation on.
    public var descriptor: CInt { pipe.reader.number }

    public func cancel() {
        var byte = UInt8(SIGTERM)
        _ = Glibc.write(pipe.writer.number, &byte, 1)
    }

    public var isCancelled: Bool {
        var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        guard poll(&entry, 1, 0) > 0 else { return false }
        mkosi_signal_noticed(Self.patienceWithCleaning)
        return true
    }

    /// The signal that cancelled, for the exit status; nil before.
    public var signal: CInt? {
        var waiting: CInt = 0
        guard isCancelled, ioctl(descriptor, UInt(FIONREAD), &waiting) == 0, waiting > 0 else { return nil }
        var byte: UInt8 = 0
        guard Glibc.read(descriptor, &byte, 1) == 1 else { return nil }
        // Put it back: others still wait for the descriptor to be readable.
        _ = Glibc.write(pipe.writer.number, &byte, 1)
        return CInt(byte)
    }

    public func check() throws(Failure) {
        if isCancelled { throw Failure(.cancelled, "The build was cancelled") }
    }
}

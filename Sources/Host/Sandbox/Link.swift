internal import CShims
internal import Glibc
internal import System

/// A pipe from the supervisor to its child: it sends the child its ids, and its end shows that the supervisor is gone.
struct Link {
    private let reader: Int32
    private let writer: Int32

    init() throws(SandboxError) {
        (reader, writer) = try SandboxError.pipe().release()
    }

    func becomeReader() {
        close(writer)
    }

    func becomeWriter() {
        close(reader)
    }

    /// Closes all other descriptors from 3 on: they are for the command only.
    func closeOthers(but kept: [Int32]) {
        let last = max(writer, kept.max() ?? 0)
        for number in 3..<max(3, last) where number != writer && !kept.contains(number) {
            close(number)
        }
        _ = mkosi_close_from(last + 1, false)
    }

    func send(_ ids: Plan.IDs) {
        var byte = UInt8(Plan.IDs.allCases.firstIndex(of: ids) ?? 0)
        // A child that has ended already is noticed when it is waited for.
        _ = SystemCall.result { Int32(write(writer, &byte, 1)) }
    }

    /// The ids, or nil when the supervisor is gone.
    func receive() -> Plan.IDs? {
        var byte: UInt8 = 0
        guard SystemCall.result({ Int32(read(reader, &byte, 1)) }) == 1 else { return nil }
        var state = pollfd(fd: reader, events: Int16(POLLIN), revents: 0)
        // The supervisor may have died before the child requested a signal at its death: it never writes twice, so a
        // pipe at its end says so.
        guard poll(&state, 1, 0) == 0 else { return nil }
        return Plan.IDs.allCases[Int(byte)]
    }

    func closeWriter() {
        close(writer)
    }

    func finish() {
        close(reader)
    }
}

import Glibc
import Support
import System
import TestSupport
import Testing

@testable import Runtime

/// Requests and ranges as values.
@Suite
struct HTTPTests {
    private static func request(_ text: String) -> Result<HTTPRequest, HTTPRequest.Refusal> {
        Result { () throws(HTTPRequest.Refusal) in try HTTPRequest(Array(text.utf8)) }
    }

    private static func status(_ text: String) -> Int? {
        if case .failure(let refusal) = request(text) { return refusal.status }
        return nil
    }

    @Test("A request is read with its names decoded")
    func request() throws {
        let request = try Self.request("GET /a%20b//c%2B/?x=/../y HTTP/1.1\r\nHost: x\r\nRange:  bytes=1-2 \r\n\r\n")
            .get()
        #expect(request.path == [Array("a b".utf8), Array("c+".utf8)] && request.endsWithSlash)
        #expect(request.fields["range"] == "bytes=1-2" && request.staysOpen && request.method == .get)
        #expect(try Self.request("GET //a/b HTTP/1.1\r\nHost: x\r\n\r\n").get().target == "/a/b")
        let old = try Self.request("HEAD http://host:1/x HTTP/1.0\n\n").get()
        #expect(old.path == [Array("x".utf8)] && !old.staysOpen && old.method == .head)
        #expect(try !Self.request("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").get().staysOpen)
    }

    @Test(
        "What leads out of the directory or is no request is refused",
        arguments: [
            ("GET /../etc/passwd HTTP/1.1\r\nHost: x\r\n\r\n", 400),
            ("GET /%2e%2e/etc/passwd HTTP/1.1\r\nHost: x\r\n\r\n", 400),
            ("GET /a/%2E./b HTTP/1.1\r\nHost: x\r\n\r\n", 400),
            ("GET /a%2fb HTTP/1.1\r\nHost: x\r\n\r\n", 400), ("GET /a%00b HTTP/1.1\r\nHost: x\r\n\r\n", 400),
            ("GET /a\rX HTTP/1.1\r\nHost: x\r\n\r\n", 400),
            ("GET /a%+1 HTTP/1.1\r\nHost: x\r\n\r\n", 400), ("GET /a% HTTP/1.1\r\nHost: x\r\n\r\n", 400),
            ("GET a HTTP/1.1\r\nHost: x\r\n\r\n", 400), ("GET / HTTP/1.1\r\n\r\n", 400), ("GET /\r\n\r\n", 400),
            ("GET / HTTP/2.0\r\nHost: x\r\n\r\n", 505), ("POST / HTTP/1.1\r\nHost: x\r\n\r\n", 405),
            ("GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n", 413),
            ("GET / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n", 413),
            ("GET / HTTP/1.1\r\nHost: x\r\n folded: y\r\n\r\n", 400), ("GET / HTTP/1.1\r\nHost : x\r\n\r\n", 400),
            ("\u{1}\u{2}\u{3}", 400), ("", 400),
        ]
    )
    func refusals(text: String, status: Int) { #expect(Self.status(text) == status, "\(text)") }

    @Test func ranges() {
        func range(_ text: String?) -> HTTPRange { HTTPRange(text, size: 10) }
        #expect(range("bytes=0-3") == .part(0..<4))
        #expect(range("bytes=4-") == .part(4..<10))
        #expect(range("bytes=-3") == .part(7..<10))
        #expect(range("bytes=-30") == .part(0..<10))
        #expect(range("bytes=4-99999999999999999999999") == .part(4..<10))
        #expect(range("bytes=10-") == .unsatisfiable && range("bytes=-0") == .unsatisfiable)
        #expect(range("bytes=99999999999999999999-") == .unsatisfiable)
        for text in [nil, "bytes=5-4", "bytes=-", "bytes=a-b", "lines=1-2", "bytes=0-1,3-4", "bytes=+1-2"] {
            #expect(range(text) == .whole, "\(text ?? "")")
        }
        #expect(HTTPRange("bytes=0-", size: 0) == .unsatisfiable)
    }

    @Test func dates() {
        #expect(HTTPDate.text(784_111_777) == "Sun, 06 Nov 1994 08:49:37 GMT")
        #expect(HTTPDate.seconds("Sun, 06 Nov 1994 08:49:37 GMT") == 784_111_777)
        for (seconds, text) in [(Int.max, "Fri, 31 Dec 9999 23:59:59 GMT"), (.min, "Thu, 01 Jan 1970 00:00:00 GMT")] {
            #expect(
                HTTPDate.text(seconds) == text
                    && HTTPDate.short(seconds) == CalendarTime(seconds).date + text.dropFirst(16).prefix(6)
            )
        }
        #expect(HTTPDate.seconds("Sun, 06 Nov -2147483648 08:49:37 GMT") == nil)
        #expect(HTTPDate.seconds("yesterday") == nil && HTTPDate.seconds("Sun, 06 Non 1994 08:49:37 GMT") == nil)
    }
}

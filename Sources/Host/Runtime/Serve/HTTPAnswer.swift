import System

/// An answer: its head, and a body from memory or from a file.
struct HTTPAnswer: ~Copyable {
    var status: Int
    var fields: [(name: String, value: String)] = []
    var body: [UInt8] = []
    /// The file that has the body, with the part of it that is sent.
    var file: Descriptor?
    var part: Range<Int> = 0..<0

    init(_ status: Int) { self.status = status }

    /// An error, or a notice that there is nothing to send.
    static func plain(_ status: Int) -> HTTPAnswer {
        var answer = HTTPAnswer(status)
        answer.fields.append(("Content-Type", "text/plain; charset=utf-8"))
        answer.body = Array("\(status) \(reason(status))\n".utf8)
        if status == 405 { answer.fields.append(("Allow", "GET, HEAD")) }
        return answer
    }

    /// The head as it is sent.
    ///
    /// - Parameters:
    ///   - staysOpen: True if another request may follow on the same connection.
    ///   - time: Seconds since the epoch.
    /// - Returns: Its lines with the empty one at the end.
    func head(staysOpen: Bool, time: Int) -> [UInt8] {
        var lines = ["HTTP/1.1 \(status) \(Self.reason(status))", "Date: \(HTTPDate.text(time))", "Server: mkosi"]
        lines += fields.map { "\($0.name): \($0.value)" }
        // Without one, clients wait for a body; these two have none.
        if status != 304 { lines.append("Content-Length: \(file == nil ? body.count : part.count)") }
        lines.append("Connection: \(staysOpen ? "keep-alive" : "close")")
        return Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8)
    }

    static func reason(_ status: Int) -> String {
        switch status {
        case 200: "OK"
        case 206: "Partial Content"
        case 301: "Moved Permanently"
        case 304: "Not Modified"
        case 400: "Bad Request"
        case 403: "Forbidden"
        case 404: "Not Found"
        case 405: "Method Not Allowed"
        case 408: "Request Timeout"
        case 413: "Content Too Large"
        case 416: "Range Not Satisfiable"
        case 431: "Request Header Fields Too Large"
        case 503: "Service Unavailable"
        case 505: "HTTP Version Not Supported"
        default: "Error"
        }
    }
}

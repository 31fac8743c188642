import System

extension HTTPAnswer {
    /// Answers a request with a file, as far as its fields ask for one.
    static func file(_ file: consuming Descriptor, _ status: FileStatus, for request: HTTPRequest) -> HTTPAnswer {
        let modified = HTTPDate.text(status.modified.seconds)
        let tag = tag(status)
        let common = [
            ("ETag", tag), ("Last-Modified", modified), ("Accept-Ranges", "bytes"), ("Cache-Control", "no-cache"),
        ]
        if isUnchanged(request, tag, status) {
            var answer = HTTPAnswer(304)
            answer.fields = common
            return answer
        }
        var range = HTTPRange(request.fields["range"], size: status.size)
        // The part is only wanted of the file that the client knows.
        if let known = request.fields["if-range"], known != tag, known != modified { range = .whole }
        switch range {
        case .unsatisfiable:
            var answer = HTTPAnswer.plain(416)
            answer.fields.append(("Content-Range", "bytes */\(status.size)"))
            return answer
        case .whole:
            var answer = HTTPAnswer(200)
            answer.fields = common + [("Content-Type", "application/octet-stream")]
            answer.part = 0..<status.size
            answer.file = consume file
            return answer
        case .part(let part):
            var answer = HTTPAnswer(206)
            answer.fields = common + [("Content-Type", "application/octet-stream")]
            answer.fields.append(("Content-Range", "bytes \(part.lowerBound)-\(part.upperBound - 1)/\(status.size)"))
            answer.part = part
            answer.file = consume file
            return answer
        }
    }

    /// Two states of a file differ in at least one of these.
    private static func tag(_ status: FileStatus) -> String {
        let numbers = [
            Int(truncatingIfNeeded: status.inode), status.size, status.modified.seconds, status.modified.nanoseconds,
        ]
        return "\"\(numbers.map { String($0, radix: 16) }.joined(separator: "-"))\""
    }

    private static func isUnchanged(_ request: HTTPRequest, _ tag: String, _ status: FileStatus) -> Bool {
        if let known = request.fields["if-none-match"] {
            return known == "*" || known.split(separator: ",").contains { $0.filter { $0 != " " } == tag }
        }
        guard let time = request.fields["if-modified-since"].flatMap(HTTPDate.seconds) else { return false }
        return status.modified.seconds <= time
    }

    /// A page with the entries of a directory.
    static func listing(of directory: borrowing Descriptor, title: String) -> HTTPAnswer {
        var rows = ""
        for (name, status) in ServedDirectory.entries(of: directory) {
            let text = name.string + (status.kind == .directory ? "/" : "")
            let size = status.kind == .regular ? "\(status.size)" : "-"
            rows +=
                "<tr><td><a href=\"\(link(text))\">\(escaped(text))</a><td>\(HTTPDate.short(status.modified.seconds))"
            rows += "<td align=right>\(size)\n"
        }
        var answer = HTTPAnswer(200)
        answer.fields.append(("Content-Type", "text/html; charset=utf-8"))
        // Names come from scripts of builds: nothing in them runs.
        answer.fields.append(("Content-Security-Policy", "default-src 'none'"))
        answer.body = Array(
            """
            <!DOCTYPE html><meta charset=utf-8><title>\(escaped(title))</title><h1>\(escaped(title))</h1>
            <table cellpadding=4>
            \(rows)</table>

            """.utf8
        )
        return answer
    }

    private static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            // The page may be shown by a program that has only a terminal.
            case _ where scalar.properties.generalCategory == .control: result += "\u{fffd}"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    /// A name as a reference that no browser takes for an address or an attribute.
    private static func link(_ name: String) -> String {
        let plain = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/".utf8)
        let digits = Array("0123456789ABCDEF".utf8)
        let bytes = name.utf8.flatMap { byte -> [UInt8] in
            plain.contains(byte) ? [byte] : [0x25, digits[Int(byte >> 4)], digits[Int(byte & 15)]]
        }
        return "./" + String(decoding: bytes, as: UTF8.self)
    }
}

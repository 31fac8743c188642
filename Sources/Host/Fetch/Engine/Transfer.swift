internal import CCurl
internal import FetchWire
internal import Glibc

/// One request on its way: what libcurl calls back with.
///
/// libcurl holds a plain pointer to it; the engine keeps it alive until the handle has left the multi handle.
final class Transfer {
    let task: FetchTask
    let url: FetchURL
    let part: PartFile
    let handle: UnsafeMutableRawPointer
    /// The requested offset.
    let offset: Int
    /// Bytes that the file may have if its size is not known.
    private let most: Int
    /// The reason why it was broken off from this side.
    private(set) var failure: FetchFailure?
    /// Bytes that came over the network.
    private(set) var received = 0
    /// The start of the content according to the server, if it states one.
    private var contentStart: Int?
    private var sawBody = false

    init(task: FetchTask, url: FetchURL, part: PartFile, handle: UnsafeMutableRawPointer, plan: FetchPlan) {
        self.task = task
        self.url = url
        self.part = part
        self.handle = handle
        offset = part.size
        most = plan.mostBytes
        configure(plan)
    }

    private func configure(_ plan: FetchPlan) {
        mkosi_curl_set_sinks(
            handle,
            { bytes, size, count, context in
                guard let bytes, let context else { return 0 }
                let transfer = Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
                return transfer.receive(UnsafeRawBufferPointer(start: bytes, count: size * count)) ? size * count : 0
            },
            { bytes, size, count, context in
                guard let bytes, let context else { return 0 }
                let line = UnsafeRawBufferPointer(start: bytes, count: size * count)
                Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue().readHeader(line)
                return size * count
            },
            Unmanaged.passUnretained(self).toOpaque()
        )
        let numbers: [(CURLoption, Int)] = [
            (CURLOPT_FOLLOWLOCATION, 1), (CURLOPT_MAXREDIRS, 10), (CURLOPT_FAILONERROR, 1), (CURLOPT_NOSIGNAL, 1),
            (CURLOPT_BUFFERSIZE, 256 << 10), (CURLOPT_CONNECTTIMEOUT, plan.connectSeconds),
            // So few bytes a second for so long are a stall, before the first byte as well.
            (CURLOPT_LOW_SPEED_LIMIT, plan.stallBytes), (CURLOPT_LOW_SPEED_TIME, plan.stallSeconds),
            // No server holds a build for longer, however steadily it sends.
            (CURLOPT_TIMEOUT, Self.longest(task.item.size, plan)),
            // Waits for a connection that can carry several requests rather than opening another.
            (CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_2TLS)), (CURLOPT_PIPEWAIT, 1),
        ]
        for (option, value) in numbers { mkosi_curl_set_number(handle, option, value) }
        var texts: [(CURLoption, String?)] = [
            (CURLOPT_URL, url.text), (CURLOPT_USERAGENT, "mkosi"),
            (CURLOPT_PROTOCOLS_STR, "http,https"),
            // Encrypted requests are not redirected to unencrypted ones.
            (CURLOPT_REDIR_PROTOCOLS_STR, url.scheme == .https ? "https" : "http,https"),
            (CURLOPT_PROXY, plan.proxy), (CURLOPT_NOPROXY, plan.proxyExclude?.joined(separator: ",")),
            (CURLOPT_PROXY_CAINFO, plan.proxyPeerCertificate),
            (CURLOPT_PROXY_SSLCERT, plan.proxyClientCertificate),
            (CURLOPT_PROXY_SSLKEY, plan.proxyClientKey ?? plan.proxyClientCertificate),
        ]
        if let server = url.server(among: plan.servers ?? []) {
            texts.append((CURLOPT_SSLCERT, server.certificate))
            texts.append((CURLOPT_SSLKEY, server.certificateKey ?? server.certificate))
            texts.append((CURLOPT_CAINFO, server.authorities))
            // libcurl would show the certificate to the next server as well, and check that one as little.
            if server.certificate != nil || server.checksServer == false {
                mkosi_curl_set_number(handle, CURLOPT_MAXREDIRS, 0)
            }
            if server.checksServer == false {
                for option in [CURLOPT_SSL_VERIFYPEER, CURLOPT_SSL_VERIFYHOST] {
                    mkosi_curl_set_number(handle, option, 0)
                }
            }
        }
        if offset > 0 { texts.append((CURLOPT_RANGE, "\(offset)-")) }
        // libcurl copies the texts.
        for case (let option, let value?) in texts { mkosi_curl_set_text(handle, option, value) }
    }

    /// Seconds that a transfer may take.
    private static func longest(_ size: Int?, _ plan: FetchPlan) -> Int {
        guard let size, plan.leastRate > 0 else { return 3600 }
        // Milliseconds of it have to fit into 32 bits for libcurl.
        return min(min(plan.graceSeconds, 1 << 20) + size / plan.leastRate, Int(Int32.max) / 1000)
    }

    /// Notes where a partial response begins; a new status line, after a redirect, starts over.
    private func readHeader(_ line: UnsafeRawBufferPointer) {
        let name = "content-range:"
        guard line.count < 256, let first = line.first else { return }
        if first == UInt8(ascii: "H") {
            if String(decoding: line.prefix(5), as: UTF8.self) == "HTTP/" { contentStart = nil }
            return
        }
        guard first | 0x20 == UInt8(ascii: "c"), line.count > name.utf8.count else { return }
        let text = String(decoding: line, as: UTF8.self).lowercased()
        guard text.utf8.starts(with: name.utf8), let bytes = text.firstRange(of: "bytes ") else { return }
        contentStart = Int(Substring(text[bytes.upperBound...].utf8.prefix { (48...57).contains($0) }))
    }

    /// Takes body bytes; false breaks the transfer off.
    private func receive(_ bytes: UnsafeRawBufferPointer) -> Bool {
        do {
            if !sawBody {
                sawBody = true
                try begin()
            }
            if let expected = task.item.size, part.size + bytes.count > expected {
                // What is too long is not kept: its beginning is no better than the rest.
                try part.restart()
                throw FetchFailure.size(task.item.fileName, from: url.shown, is: "more", expected: expected)
            }
            if task.item.size == nil, part.size + bytes.count > most { throw try tooLarge() }
            try part.append(bytes)
            received += bytes.count
            return true
        } catch let error as FetchFailure {
            failure = error
        } catch {
            failure = FetchFailure("\(error)", remedy: .none)
        }
        return false
    }

    /// Looks at the response's head before the first byte of its body.
    private func begin() throws(FetchFailure) {
        let isPartial = mkosi_curl_status(handle) == 206
        if isPartial, (contentStart ?? 0) != part.size {
            try part.restart()
            throw FetchFailure(
                "\(url.shown) sent another part of \(task.item.fileName) than requested",
                remedy: .retry
            )
        }
        // The server does not do ranges: this is the whole file.
        if !isPartial, part.size > 0 { try part.restart() }
        let length = Int(mkosi_curl_body_size(handle))
        // A server may state any length: nothing is added to it.
        if let expected = task.item.size, length >= 0, length != expected - part.size {
            try part.restart()
            throw FetchFailure.size(task.item.fileName, from: url.shown, is: "\(length)", expected: expected)
        }
        if task.item.size == nil, length > most { throw try tooLarge() }
    }

    private func tooLarge() throws(FetchFailure) -> FetchFailure {
        try part.restart()
        return .tooLarge(task.item.fileName, from: url.shown, most: most)
    }

    /// Returns the failure of a transfer that libcurl ended; nil if it was good.
    func conclude(_ result: CURLcode) -> FetchFailure? {
        if let failure { return failure }
        let status = mkosi_curl_status(handle)
        do {
            if result == CURLE_OK {
                if !sawBody { try begin() }
                return missingBytes()
            }
            if result == CURLE_HTTP_RETURNED_ERROR {
                // The part is as long as the file or longer: it cannot be what is on the server.
                if status == 416 { try part.restart() }
                return Self.failure(status: status, of: task.item.fileName, from: url.shown)
            }
        } catch {
            return error
        }
        return Self.failure(result, of: task.item.fileName, from: url.shown)
    }

    private func missingBytes() -> FetchFailure? {
        guard let expected = task.item.size, part.size < expected else { return nil }
        return FetchFailure(
            "\(url.shown) stopped after \(part.size) of \(expected) bytes of \(task.item.fileName)",
            remedy: .retry
        )
    }

    private static func failure(status: Int, of file: String, from url: String) -> FetchFailure {
        let passing = [408, 416, 425, 429, 500, 502, 503, 504].contains(status) || status > 505
        let message = "cannot fetch \(file) from \(url): the server answered \(status)"
        let hint =
            switch status {
            case 404, 410: "The mirror no longer has it; its index may be older or newer than its files"
            case 401, 403, 407: "The server requires a user name and password, or refuses this host"
            default: String?.none
            }
        return FetchFailure(message, hint: hint, remedy: passing ? .retry : .otherURL)
    }

    private static func failure(_ result: CURLcode, of file: String, from url: String) -> FetchFailure {
        let reason = String(cString: curl_easy_strerror(result))
        let text = reason.prefix(1).lowercased() + reason.dropFirst()
        // What another attempt does not change.
        let lasting: [CURLcode] = [
            CURLE_URL_MALFORMAT, CURLE_UNSUPPORTED_PROTOCOL, CURLE_TOO_MANY_REDIRECTS, CURLE_COULDNT_RESOLVE_PROXY,
            CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CACERT_BADFILE, CURLE_SSL_CERTPROBLEM, CURLE_LOGIN_DENIED,
        ]
        var hint: String?
        if result == CURLE_COULDNT_RESOLVE_HOST { hint = "Check the network and the mirror's name" }
        if result == CURLE_PEER_FAILED_VERIFICATION {
            hint = "Install the package of CA certificates, such as ca-certificates"
        }
        return FetchFailure(
            "cannot fetch \(file) from \(url): \(text)",
            hint: hint,
            remedy: lasting.contains(result) ? .otherURL : .retry
        )
    }
}

/// The plan for `mkosi-fetch`: one JSON object, on one line, on its standard input.
public struct FetchPlan: Codable, Sendable, Equatable {
    public var items: [FetchItem]
    /// Transfers at the same time.
    public var parallel = 6
    /// Transfers at the same time from one server.
    public var parallelPerHost = 4
    /// The number of times that a transfer is retried that failed for a passing reason, for each URL.
    public var retries = 4
    /// The pause before the first of them; it doubles each time.
    public var pauseMilliseconds = 500
    /// Seconds with fewer than `stallBytes` a second after which a transfer has failed.
    public var stallSeconds = 30
    public var stallBytes = 1024
    /// Seconds that a transfer may take whatever its size, and the bytes of its size that each further second is for.
    ///
    /// A transfer of unknown size may take an hour.
    public var graceSeconds = 300
    public var leastRate = 4096
    /// Bytes that a file of unknown size may have.
    public var mostBytes = 2 << 30
    public var connectSeconds = 15
    /// True if the end of standard input ends the program, as it does when the parent dies.
    public var watchInput = false
    /// `ProxyUrl=`; absent: what the environment says, as for curl(1).
    public var proxy: String?
    /// `ProxyExclude=`: host names.
    public var proxyExclude: [String]?
    /// `ProxyPeerCertificate=`, `ProxyClientCertificate=`, `ProxyClientKey=`: files.
    public var proxyPeerCertificate: String?
    public var proxyClientCertificate: String?
    public var proxyClientKey: String?
    /// The TLS settings of single servers.
    public var servers: [FetchServer]?

    /// A plan of a parent that keeps the other end of standard input open.
    public init(items: [FetchItem]) {
        self.items = items
        watchInput = true
    }

    /// Every member but `items` may be missing.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        items = try container.decode([FetchItem].self, forKey: .items)
        func number(_ key: CodingKeys, _ value: inout Int) throws {
            if let given = try container.decodeIfPresent(Int.self, forKey: key) { value = max(given, 0) }
        }
        try number(.parallel, &parallel)
        try number(.parallelPerHost, &parallelPerHost)
        try number(.retries, &retries)
        try number(.pauseMilliseconds, &pauseMilliseconds)
        try number(.stallSeconds, &stallSeconds)
        try number(.stallBytes, &stallBytes)
        try number(.graceSeconds, &graceSeconds)
        try number(.leastRate, &leastRate)
        try number(.mostBytes, &mostBytes)
        try number(.connectSeconds, &connectSeconds)
        watchInput = try container.decodeIfPresent(Bool.self, forKey: .watchInput) ?? false
        proxy = try container.decodeIfPresent(String.self, forKey: .proxy)
        proxyExclude = try container.decodeIfPresent([String].self, forKey: .proxyExclude)
        proxyPeerCertificate = try container.decodeIfPresent(String.self, forKey: .proxyPeerCertificate)
        proxyClientCertificate = try container.decodeIfPresent(String.self, forKey: .proxyClientCertificate)
        proxyClientKey = try container.decodeIfPresent(String.self, forKey: .proxyClientKey)
        servers = try container.decodeIfPresent([FetchServer].self, forKey: .servers)
    }
}

/// One file that has to be in the cache.
public struct FetchItem: Codable, Sendable, Equatable {
    /// The name in events.
    public var id: String
    /// The URLs, best first: `http:`, `https:` or `file:`.
    public var urls: [String]
    /// The path of the file; its directory must exist.
    ///
    /// While it is on its way, `.part` is appended.
    public var path: String
    /// Bytes, where they are known.
    public var size: Int?
    /// Lower case hexadecimal digits; a file without a digest and a size is fetched again each time.
    public var sha256: String?
    /// The path of a copy, whose digest is computed of what is written; its directory must exist.
    ///
    /// Who uses the copy uses what was checked, whatever becomes of the file in the cache.
    public var copy: String?

    public init(id: String, urls: [String], path: String, size: Int? = nil, sha256: String? = nil) {
        self.id = id
        self.urls = urls
        self.path = path
        self.size = size
        self.sha256 = sha256
    }
}

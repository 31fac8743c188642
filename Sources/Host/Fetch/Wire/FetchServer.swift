/// The TLS settings of a server; all files are PEM files.
public struct FetchServer: Codable, Sendable, Equatable {
    /// URLs at these servers; their paths do not matter.
    public var urls: [String]
    /// The certificate by which the servers know this client.
    public var certificate: String?
    /// Its private key; absent: it is in the file of the certificate.
    public var certificateKey: String?
    /// Certificates of those who may have certified the servers; absent: those of the system.
    public var authorities: String?
    /// False if the certificates of the servers are not checked.
    public var checksServer: Bool?

    public init(urls: [String]) { self.urls = urls }
}

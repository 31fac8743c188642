import PluginWire

/// The options of repositories for HTTPS: `sslclientcert`, `sslclientkey`, `sslcacert` and `sslverify` (dnf.conf(5)).
struct RepositoryTLS {
    let context: ABI.V1.Context
    let variables: [String: String]

    init(_ context: ABI.V1.Context, variables: [String: String]) {
        self.context = context
        self.variables = variables
    }

    /// Returns what a repository states; nil for one that states nothing.
    func of(_ repository: RepositoryDefinition) throws(ErrorObject) -> ABI.V1.TLS? {
        var tls = ABI.V1.TLS()
        tls.certificate = try file("sslclientcert", repository)
        tls.certificateKey = try file("sslclientkey", repository)
        tls.authorities = try file("sslcacert", repository)
        if !repository.isOn("sslverify", default: true) { tls.checksServer = false }
        return tls == ABI.V1.TLS() ? nil : tls
    }

    /// The file of an option: that of the user's sandbox tree, or else the host's own.
    private func file(_ option: String, _ repository: RepositoryDefinition) throws(ErrorObject) -> String? {
        guard let value = repository[option], !value.isEmpty else { return nil }
        let written = RepositoryDefinition.replaced(value, variables)
        let path = FileURL.path(written) ?? written
        guard path.hasPrefix("/") else {
            throw ErrorObject(
                code: .invalidParameters,
                message: "the repository \(repository.id) has \(option)=\(written), which is not an absolute path",
                subject: written
            )
        }
        let places = [context.sandboxTree].compactMap { $0.map { $0 + path } } + [path]
        if let place = places.first(where: SystemFile.exists) { return place }
        throw ErrorObject(
            code: .notFound,
            message: "the file \(path), which the repository \(repository.id) names as its \(option), does not exist",
            hint: "Put it into SandboxTrees= as \(path.dropFirst())",
            subject: path
        )
    }
}

import FetchWire
import Glibc
import PluginWire
import Support
import Synchronization
import System

/// The TLS settings of the servers of repositories, which are known once the distribution is configured.
final class RepositoryServers: Sendable {
    private let known = Mutex<[FetchServer]>([])

    var all: [FetchServer] { known.withLock { $0 } }

    /// Takes those of the configuration, instead of those of an earlier one.
    func set(_ repositories: [ABI.V1.Repository]) throws(Failure) {
        var servers: [FetchServer] = []
        for repository in repositories {
            guard let tls = repository.tls else { continue }
            for path in [tls.certificate, tls.certificateKey, tls.authorities] {
                // The transfer would wait for ever on a pipe, and a device may never end.
                guard let path, Files.kind(of: path, followLinks: true) != S_IFREG else { continue }
                throw Failure(
                    .configuration,
                    "The repository \(printable(repository.name)) names \(printable(path)), which is not a regular file"
                )
            }
            var server = FetchServer(urls: repository.urls)
            server.certificate = tls.certificate
            server.certificateKey = tls.certificateKey
            server.authorities = tls.authorities
            server.checksServer = tls.checksServer
            servers.append(server)
        }
        known.withLock { $0 = servers }
    }
}

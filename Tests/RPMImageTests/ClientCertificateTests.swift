import PackageSamples
import Support
import System
import TestSupport
import Testing

/// Repositories whose servers want a certificate of the client, as those with subscriptions do.
@Suite(.enabled(if: RPMProject.isPossible && Paths.findProgram("openssl") != nil, "needs dnf, rpm, gpgv and openssl"))
struct ClientCertificateTests {
    /// Makes an authority, and the certificates of a server and of a client.
    private static func certificates(_ directory: TemporaryDirectory) throws -> String {
        let script = """
            mkdir "$1"
            cd "$1"
            new() { openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 "$@" 2>/dev/null; }
            new -subj /CN=authority -keyout ca-key.pem -out ca.pem
            for name in server client; do
                new -subj "/CN=$name" -addext subjectAltName=IP:127.0.0.1 -addext basicConstraints=critical,CA:FALSE \\
                    -CA ca.pem -CAkey ca-key.pem -keyout "$name-key.pem" -out "$name.pem"
            done
            """
        let place = directory("certificates")
        try runChecked(["sh", "-euc", script, "sh", place])
        return place
    }

    @Test("The certificate, its key and the authorities of a repository are used for its server, also for packages")
    func certificates() throws {
        let rpm = try RPMProject(settings: "Packages=extra\n")
        let place = try Self.certificates(rpm.directory)
        let server = try LoggedServer(
            rpm.directory("repository"),
            log: rpm.directory("log"),
            certificates: place
        )
        for name in ["ca", "client", "client-key"] {
            try rpm.directory.write(
                Files.read("\(place)/\(name).pem"),
                to: "project/mkosi.sandbox/etc/pki/entitlement/\(name).pem"
            )
        }
        let authority = "sslcacert=/etc/pki/entitlement/ca.pem\n"
        let certificate = "sslclientcert=/etc/pki/entitlement/client.pem\n"
        let key = "sslclientkey=/etc/pki/entitlement/client-key.pem\n"
        func build(_ options: String) throws -> RunResult {
            try rpm.directory.write(
                """
                [subscribed]
                baseurl=\(server.url)
                gpgkey=file:///etc/pki/rpm-gpg/RPM-GPG-KEY-fedora-43-primary
                \(options)
                """,
                to: "project/mkosi.sandbox/etc/yum.repos.d/mkosi.repo"
            )
            return try rpm.mkosi(["--force", "--force", "--package-cache-directory=\(rpm.directory("cache"))"])
        }
        var result = try build(authority)
        #expect(!result.succeeded && result.errors.contains("the index of the repository subscribed"), "\(result)")
        result = try build(certificate + key)
        #expect(!result.succeeded && result.errors.contains("certificate"), "\(result)")
        result = try build(authority + certificate + "sslclientkey=/etc/pki/nowhere.pem\n")
        #expect(!result.succeeded && result.errors.contains("/etc/pki/nowhere.pem"), "\(result)")
        #expect(server.requests.isEmpty)
        result = try build("sslverify=0\n" + certificate + key)
        #expect(result.succeeded, "\(result)")
        #expect(server.requests.contains { $0.hasSuffix(".rpm") })
        result = try build(authority + certificate + key)
        #expect(result.succeeded, "\(result)")
        #expect(try Files.readText("\(rpm.image)/usr/share/extra") == "extra\n")
    }
}

import Configuration
import Display
import Execution
import FetchWire
import Glibc
import JSON
import PluginWire
import Support
import System

/// Downloads through `mkosi-fetch`: a child process, so that nothing of the network runs in the host.
struct Fetcher: Sendable {
    var environment: BuildEnvironment
    /// The plan without its items: proxies and certificates.
    var template: FetchPlan
    /// The certificates that servers of repositories require and present.
    let servers = RepositoryServers()

    /// True if nothing may be downloaded.
    let isForbidden: Bool

    init(environment: BuildEnvironment, settings: SettingsView<FetchSettings>) {
        self.environment = environment
        isForbidden = settings.cacheOnly == "always"
        template = FetchPlan(items: [])
        // The child ends by its death signal; its input ends with the plan.
        template.watchInput = false
        template.proxy = settings.proxyURL
        template.proxyExclude = settings.proxyExclude
        template.proxyPeerCertificate = settings.proxyPeerCertificate
        template.proxyClientCertificate = settings.proxyClientCertificate
        template.proxyClientKey = settings.proxyClientKey
    }

    /// The result of a run.
    struct Outcome {
        var cached = 0
        var fetched = 0
        var bytes = 0
    }

    /// Downloads all items to their places, or throws for the first that is not available.
    func fetch(_ items: [FetchItem], step: Step? = nil) throws(Failure) -> Outcome {
        if items.isEmpty { return Outcome() }
        try checkCertificates()
        var plan = try pinned()
        plan.items = items
        let servers = servers.all
        if !servers.isEmpty { plan.servers = servers }
        var command = Command(
            environment.installation.fetch,
            [],
            environment: Self.inheritedVariables.compactMap { name in
                Environment.variable(name).map { "\(name)=\($0)" }
            }
        )
        do {
            command.input = try JSONLines.line(plan)
        } catch {
            throw Failure(.system, "The list of downloads cannot be encoded", cause: error)
        }
        var outcome = Outcome()
        var failed: [FetchEvent.Item] = []
        let result = try command.run(cancellation: environment.cancellation) { line in
            guard let event = try? JSONText.decode(FetchEvent.self, from: line.utf8) else {
                environment.display.commandOutput(line)
                return
            }
            switch event {
            case .progress(let progress):
                step?.download(
                    BuildEvent.Download(
                        bytes: progress.bytes,
                        total: progress.total,
                        files: progress.itemsDone,
                        totalFiles: progress.items
                    )
                )
            case .item(let item) where item.state == .failed: failed.append(item)
            case .item: break
            case .warning(let warning): environment.display.log(.warning, printable(warning.message))
            case .end(let end):
                outcome = Outcome(cached: end.cached, fetched: end.fetched, bytes: end.bytes)
            }
        }
        if let first = failed.first {
            throw Failure(
                .untrusted,
                printable(first.message ?? "\(first.id) cannot be downloaded"),
                hint: first.hint,
                excerpt: failed.dropFirst().prefix(5).compactMap(\.message)
            )
        }
        guard result.status == .exited(0) else {
            throw Failure(.command, "mkosi-fetch ended with \(result.status)", excerpt: result.tail)
        }
        return outcome
    }

    /// The template with its files where they led before scripts ran: the proxy, which gets to know them, may be the project's.
    private func pinned() throws(Failure) -> FetchPlan {
        var plan = template
        plan.proxyPeerCertificate = try place(template.proxyPeerCertificate)
        plan.proxyClientCertificate = try place(template.proxyClientCertificate)
        plan.proxyClientKey = try place(template.proxyClientKey)
        return plan
    }

    private func place(_ path: String?) throws(Failure) -> String? {
        guard let path else { return nil }
        return try environment.pins.given(path)
    }

    /// The transfer would wait for ever on a pipe, and a device may never end.
    private func checkCertificates() throws(Failure) {
        let files = [
            (settingName(.proxyPeerCertificate), template.proxyPeerCertificate),
            (settingName(.proxyClientCertificate), template.proxyClientCertificate),
            (settingName(.proxyClientKey), template.proxyClientKey),
        ]
        for (setting, path) in files {
            guard let path, let kind = Files.kind(of: path, followLinks: true), kind != S_IFREG else { continue }
            throw Failure(.configuration, "\(setting)= names \(path), which is not a regular file")
        }
    }

    /// Downloads the files of a plugin's request; several of them have a display of their progress.
    func fetch(_ files: [ABI.V1.Fetch], step: Step?) throws(Failure) {
        var items: [FetchItem] = []
        for file in files {
            do throws(SystemCallError) {
                try Files.makeDirectories(Paths.parent(file.path) ?? "/")
            } catch {
                throw Failure(.system, "Cannot create the directory of \(file.path)", cause: error)
            }
            items.append(
                FetchItem(id: Paths.name(file.path), urls: file.urls, path: file.path, sha256: file.sha256)
            )
        }
        _ = try fetch(items, step: files.count > 1 ? step : nil)
    }

    /// The variables that curl(1) reads as well.
    private static let inheritedVariables = [
        "http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY", "HOME",
        "SSL_CERT_FILE", "SSL_CERT_DIR",
    ]
}

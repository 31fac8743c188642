import ByteKeys
import DistributionKit
import JSON
public import PluginKit
public import PluginWire
import System

extension ArchPlugin {
    /// Asks pacman, in the sandbox, for exact packages.
    public func resolve(_ request: ABI.V1.Resolve, host: Host) throws -> ABI.V1.Resolved {
        let context = request.context
        try MachineCheck(architecture: context.architecture).check(workspace: context.workspace)
        let sets = try request.packageSets.flatMap { try PackageSets.packages(of: $0, host: host, context: context) }
        let requested = sets + request.packages
        if requested.isEmpty { return ABI.V1.Resolved(packages: [], indexes: []) }
        let closed = request.closed == true
        let offline = !closed && ["always", "metadata"].contains(context.settings?["CacheOnly"]?.string ?? "")
        let servers = Self.servers(context)
        let kept = try KeptPackages(request.keep ?? [], context)
        let scratch = try ToolRun.privateDirectory(below: context.workspace, for: "pacman")
        let keyring = closed ? nil : try KeyringPackage(context, host: host)?.update(offline: offline)
        let output = try ToolRun(host: host, context: context, place: .cache(context)).run(
            "resolve",
            plan: { pipe in
                var plan = ResolvePlan(
                    cache: closed ? "\(scratch)/cache" : context.cache,
                    scratch: scratch,
                    packages: requested,
                    root: request.root,
                    offline: offline,
                    checksKeys: context.repositoryKeyCheck
                )
                plan.keyring = keyring
                plan.local = context.localRepository
                plan.kept = kept?.directory
                plan.closed = closed
                plan.present = (request.present ?? []).map { ResolvePlan.Present(name: $0.name, version: $0.version) }
                plan.allPlaces = request.allPlaces == true
                plan.archive = Self.archive(context)
                plan.channel = pipe
                return plan
            },
            change: { command in
                command.network = offline || closed ? "none" : "host"
                command.capture = true
                command.label = "pacman"
                command.mounts = (command.mounts ?? []) + FileURL.mounts(servers, workspace: context.workspace)
            }
        )
        let text = output.lines.last { $0.hasPrefix("{") } ?? ""
        let resolution = try JSONText.decode(Resolution.self, from: text.utf8)
        let checked = try PackageSignatures(context, keyring: keyring).check(resolution, host: host)
        let packages = resolution.packages.map { package in
            var placed = kept?.placed(package) ?? package
            // A downloaded file need not be downloaded again; a lock file is for other hosts as well.
            if request.allPlaces != true, let path = checked[package.sha256] {
                placed.urls.insert("file://\(path)", at: 0)
            }
            return placed
        }
        return ABI.V1.Resolved(packages: packages, indexes: resolution.indexes)
    }

    /// The servers in the sandbox's configuration.
    private static func servers(_ context: ABI.V1.Context) -> [String] {
        guard let top = context.configuration else { return [] }
        let configuration = PacmanConfiguration(path: top + PacmanConfiguration.path)
        return configuration.repositories.flatMap(configuration.servers)
    }

    /// The service that keeps all packages that were ever released; nil if the distribution has none.
    static func archive(_ context: ABI.V1.Context) -> String? {
        guard context.distribution == RepositoryChoice.ownName, context.localArchitecture == "x86_64" else {
            return nil
        }
        return "https://archive.archlinux.org"
    }
}

import ByteKeys
public import PluginKit
public import PluginWire

/// The answers that plugins of distributions with RPM packages share: `install`, `remove`, `inspect` and `owners`.
///
/// Their tools, which `tools` names, have to be among the plugin's own.
public struct RPMInstallation: Sendable {
    /// The directory of rpm's database in a new tree, absolute in the tree.
    public var database: String
    public var reasons: InstallReasons
    /// The paths that only package managers need in a tree, besides the database of rpm.
    public var metadata: [String]

    public init(database: String, reasons: InstallReasons, metadata: [String]) {
        self.database = database
        self.reasons = reasons
        self.metadata = metadata
    }

    /// The programs that run inside the sandbox, by their names.
    public static let tools: [String: PluginMain.Command] = [
        "rpm-inspect": { try RPMInspectTool.main($0) },
        "rpm-install": { try RPMInstallTool.main($0) },
        "rpm-remove": { try RPMRemoveTool.main($0) },
        "rpm-verify": { try RPMVerifyTool.main($0) },
    ]

    /// Installs exactly these packages, in one transaction.
    ///
    /// `trust` has the keys that must have signed them; nil if signatures are not checked.
    public func install(_ request: ABI.V1.Install, trust: RPMTrust?, host: Host) throws -> ABI.V1.Installed {
        let context = request.context
        let packages = try request.packages.map { package in
            guard let path = package.path else {
                throw ErrorObject(code: .invalidParameters, message: "the package \(package.name) has no file")
            }
            let isOwn = Self.isOwn(package.urls, directory: context.localRepository)
            return RPMInstallPlan.Package(
                path: path,
                name: package.name,
                keys: isOwn ? nil : trust?.keys(of: package.repository),
                isRequested: package.requested == true,
                isAlongside: package.alongside == true
            )
        }
        if packages.isEmpty { return ABI.V1.Installed() }
        let scratch = try Self.scratch(context, "rpm-install")
        var plan = RPMInstallPlan(
            root: request.root,
            database: database,
            packages: packages,
            keys: trust?.keys ?? [],
            scratch: scratch,
            documentation: context.documentation,
            reasons: reasons,
            sourceDateEpoch: context.sourceDateEpoch
        )
        let tool = ToolRun(host: host, context: context, place: .workspace(context))
        func run(hasMounts: Bool) throws -> RPMInstallFinding? {
            try tool.run(
                "rpm-install",
                findings: RPMInstallFinding.self,
                plan: { pipe in
                    var plan = plan
                    plan.channel = pipe
                    return plan
                },
                change: { command in
                    command.label = "rpm"
                    if hasMounts { command.apiMounts = request.root }
                    command.show(scratch, writable: true)
                    for key in Set(trust?.keys.flatMap(\.files) ?? []) { command.show(key) }
                }
            ).findings.last
        }
        let finding = try run(hasMounts: true)
        if let mountPoints = finding?.mountPoints, !mountPoints.directories.isEmpty {
            plan.mountPoints = mountPoints
            _ = try run(hasMounts: false)
        }
        // What is put on top of an older tree does not make it newer than its own packages say.
        return ABI.V1.Installed(timestamp: request.extends == true ? nil : finding?.timestamp)
    }

    /// Returns true if all URLs of a package are inside the directory of the user's own packages, which need no signature.
    static func isOwn(_ urls: [String], directory: String?) -> Bool {
        guard let directory, !urls.isEmpty else { return false }
        let prefix = "file://\(FileURL.withoutSlash(directory))/"
        return urls.allSatisfy { url in
            url.hasPrefix(prefix) && RepositoryLocation.isPlain(String(url.dropFirst(prefix.count)))
        }
    }

    /// Takes packages out of the tree.
    public func remove(_ request: ABI.V1.Remove, host: Host) throws {
        if request.names.isEmpty { return }
        let context = request.context
        let scratch = try Self.scratch(context, "rpm-remove")
        _ = try ToolRun(host: host, context: context, place: .workspace(context)).run(
            "rpm-remove",
            plan: { pipe in
                RPMRemovePlan(
                    root: request.root,
                    scratch: scratch,
                    names: request.names,
                    reasons: reasons,
                    sourceDateEpoch: context.sourceDateEpoch,
                    channel: pipe
                )
            },
            change: { command in
                command.label = "rpm"
                command.apiMounts = request.root
                command.show(scratch, writable: true)
            }
        )
    }

    /// Lists what is installed.
    public func inspect(_ request: ABI.V1.Inspect, host: Host) throws -> ABI.V1.Inspected {
        let packages = try find(request.context, request.root, paths: nil, host).packages ?? []
        let installed = packages.map { package in
            var result = ABI.V1.InstalledPackage(
                name: package.name,
                version: package.identity.fullVersion,
                architecture: package.architecture
            )
            result.size = package.size
            let source = RPMSource(package.sourcePackage)
            result.source = source?.name
            result.sourceVersion = source?.version
            // rpm prints this for a missing tag.
            result.license = ["", "(none)"].contains(package.license) ? nil : package.license
            result.requested = package.isRequested
            return result
        }
        return ABI.V1.Inspected(
            packages: installed.sorted {
                ($0.name, $0.architecture, $0.version) < ($1.name, $1.architecture, $1.version)
            },
            metadata: RPMDatabase.places + [reasons.path] + metadata
        )
    }

    /// Looks up who owns paths.
    public func owners(_ request: ABI.V1.Owners, host: Host) throws -> ABI.V1.Owned {
        let owners = try find(request.context, request.root, paths: request.paths, host).owners ?? [:]
        return ABI.V1.Owned(owners: ByteDictionary(owners.map { ($0.key, $0.value) }))
    }

    private func find(
        _ context: ABI.V1.Context,
        _ root: String,
        paths: [String]?,
        _ host: Host
    ) throws -> RPMInspectFinding {
        let output = try ToolRun(host: host, context: context, place: .workspace(context)).run(
            "rpm-inspect",
            plan: { pipe in
                RPMInspectPlan(
                    root: root,
                    scratch: try Self.scratch(context, "rpm-inspect"),
                    reasons: reasons,
                    paths: paths,
                    channel: pipe
                )
            },
            change: { command in command.capture = true }
        )
        return try ToolOutput.decode(RPMInspectFinding.self, from: output)
    }

    /// A new directory for one run of a tool.
    private static func scratch(_ context: ABI.V1.Context, _ tool: String) throws(ErrorObject) -> String {
        try ToolRun.privateDirectory(below: context.workspace, for: tool)
    }
}

import FoundationEssentials
import JSON
public import PluginKit
public import PluginWire

/// A tiny distribution: packages are tar files next to an `index.json`; each contains `usr/share/tiny/NAME.json`.
public struct TinyDistribution: DistributionPlugin {
    public init() {}

    public func configure(_ request: ABI.V1.Configure, host: Host) throws -> ABI.V1.Configured {
        ABI.V1.Configured(files: [], repositories: [])
    }

    public func resolve(_ request: ABI.V1.Resolve, host: Host) throws -> ABI.V1.Resolved {
        guard let mirror = request.context.mirror else {
            throw ErrorObject(code: .invalidParameters, message: "this distribution has no mirror of its own")
        }
        let url = "\(mirror)/index.json"
        let path = "\(request.context.cache)/index.json"
        try host.fetch([url], to: path)
        let index = try JSONText.decode([String: IndexEntry].self, from: Data(contentsOf: URL(filePath: path)))
        let have = try request.root.map { try installed(in: $0, host: host) } ?? []
        var selection = Selection(index: index, mirror: mirror, installed: Set(have.map(\.name)))
        for name in (request.packageSets.contains("base") ? ["base"] : []) + request.packages {
            try selection.add(name, requested: true)
        }
        let digest = try digest(of: path, host: host)
        return ABI.V1.Resolved(
            packages: selection.packages,
            indexes: [ABI.V1.RepositoryIndex(url: url, sha256: digest, signedBy: [])]
        )
    }

    public func install(_ request: ABI.V1.Install, host: Host) throws -> ABI.V1.Installed {
        for (done, package) in request.packages.enumerated() {
            try host.checkCancelled()
            host.progress(package.name, done: done, total: request.packages.count, unit: "packages")
            let path = package.path ?? ""
            var command = ABI.V1.Run(["tar", "-x", "--numeric-owner", "-f", path, "-C", request.root])
            command.mounts = [
                ABI.V1.Mount(source: request.root, target: request.root, writable: true),
                ABI.V1.Mount(source: path, target: path),
            ]
            try host.run(command)
        }
        return ABI.V1.Installed()
    }

    public func inspect(_ request: ABI.V1.Inspect, host: Host) throws -> ABI.V1.Inspected {
        let packages = try installed(in: request.root, host: host).map { entry in
            ABI.V1.InstalledPackage(name: entry.name, version: entry.version, architecture: entry.architecture)
        }
        return ABI.V1.Inspected(packages: packages, metadata: ["usr/share/tiny"])
    }

    public func makeRepository(_ request: ABI.V1.MakeRepository, host: Host) throws {
        let directory = request.directory
        var index: [String: IndexEntry] = [:]
        for name in try FileManager.default.contentsOfDirectory(atPath: directory) where name.hasSuffix(".tar") {
            let path = "\(directory)/\(name)"
            let script = "tar -x -O -f \"$1\" --wildcards './usr/share/tiny/*.json'"
            var command = ABI.V1.Run(["sh", "-euc", script, "sh", path])
            command.mounts = [ABI.V1.Mount(source: directory, target: directory)]
            command.capture = true
            let text = try host.run(command).output ?? ""
            let entry = try JSONText.decode(InstalledEntry.self, from: text.utf8)
            index[entry.name] = IndexEntry(
                name: entry.name,
                version: entry.version,
                architecture: entry.architecture,
                needs: entry.needs,
                size: try Data(contentsOf: URL(filePath: path)).count,
                sha256: try digest(of: path, host: host),
                fileName: name
            )
        }
        try Data(JSONText.encode(index)).write(to: URL(filePath: "\(directory)/index.json"))
    }

    // MARK: - Reading

    private func installed(in root: String, host: Host) throws -> [InstalledEntry] {
        let script = #"for f in "$1"/usr/share/tiny/*.json; do [ ! -e "$f" ] || cat "$f"; done"#
        var command = ABI.V1.Run(["sh", "-euc", script, "sh", root])
        command.mounts = [ABI.V1.Mount(source: root, target: root)]
        command.capture = true
        let lines = try (host.run(command).output ?? "").split(separator: "\n")
        return try lines.map { try JSONText.decode(InstalledEntry.self, from: $0.utf8) }
    }

    private func digest(of path: String, host: Host) throws -> String {
        var command = ABI.V1.Run(["sha256sum", path])
        command.mounts = [ABI.V1.Mount(source: path, target: path)]
        command.capture = true
        return String(try host.run(command).output?.prefix(64) ?? "")
    }
}

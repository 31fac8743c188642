import ByteKeys
import Crypto
import DistributionKit
import JSON
public import PluginKit
public import PluginWire
import System

extension PostmarketosPlugin {
    /// Chooses packages by the signed indexes of the repositories.
    ///
    /// An index has no digest of whole package files. So packages are downloaded here already, and checked by what the index
    /// does have; the digest of a file that is good is part of the answer.
    public func resolve(_ request: ABI.V1.Resolve, host: Host) throws -> ABI.V1.Resolved {
        let context = request.context
        try MachineCheck(architecture: context.architecture).check(workspace: context.workspace)
        let sets = try request.packageSets.flatMap { try PackageSets.packages(of: $0, host: host, context: context) }
        let packages = sets + request.packages
        if packages.isEmpty { return ABI.V1.Resolved(packages: [], indexes: []) }
        let closed = request.closed == true
        let scratch = try ToolRun.privateDirectory(below: context.workspace, for: "apk")
        let keep = request.keep ?? []
        var indexes: [ResolvePlan.Index] = []
        if let local = context.localRepository {
            indexes.append(ResolvePlan.Index(url: local, path: "\(local)/\(Repositories.indexName)", isOwn: true))
        }
        if !keep.isEmpty {
            let records = try keep.map { package in
                guard let path = package.path else {
                    throw ErrorObject(code: .invalidParameters, message: "the package \(package.name) has no file")
                }
                return try PackageContent.record(of: path, scratch: scratch)
            }
            let path = "\(scratch)/kept.tar.gz"
            try PackageContent.writeIndex(records, to: path)
            indexes.append(ResolvePlan.Index(url: "kept", path: path, isOwn: true))
        }
        if !closed { indexes += try fetchIndexes(context, host) }
        let tool = ToolRun(host: host, context: context, place: .cache(context))
        let output = try tool.run(
            "resolve",
            plan: { pipe in
                ResolvePlan(
                    indexes: indexes,
                    keys: context.repositoryKeyCheck ? Repositories.keys : nil,
                    packages: packages,
                    root: request.root,
                    architecture: context.localArchitecture,
                    present: (request.present ?? []).map { ResolvePlan.Version(name: $0.name, version: $0.version) },
                    kept: keep.map { ResolvePlan.Version(name: $0.name, version: $0.version) },
                    scratch: scratch,
                    channel: pipe
                )
            },
            change: { command in
                command.capture = true
                command.label = "resolve"
            }
        )
        let text = output.lines.last { $0.hasPrefix("{") } ?? ""
        let resolution = try JSONText.decode(Resolution.self, from: text.utf8)
        return ABI.V1.Resolved(
            packages: try describe(resolution, indexes, request, host, tool, scratch),
            indexes: resolution.indexes
        )
    }

    private func fetchIndexes(_ context: ABI.V1.Context, _ host: Host) throws -> [ResolvePlan.Index] {
        let offline = ["always", "metadata"].contains(context.settings?["CacheOnly"]?.string ?? "")
        let text = context.configuration.flatMap { SystemFile.text($0 + Repositories.path) } ?? ""
        let cache = try ConfinedDirectory(context.cache, "indexes")
        return try text.lines.filter { !$0.isEmpty && $0.utf8.first != UInt8(ascii: "#") }.map { line in
            try host.checkCancelled()
            let url = "\(line)/\(context.localArchitecture)/\(Repositories.indexName)"
            let name = "\(try Digest.of(Array(url.utf8)).prefix(16)).tar.gz"
            let path = cache.path(of: name)
            host.progress("index of \(line)")
            cache.removeStrange(name)
            if offline, cache.size(name) == nil {
                throw ErrorObject(
                    code: .notFound,
                    message: "the index \(url) is not in the cache",
                    hint: "Build once without CacheOnly=",
                    subject: url
                )
            }
            if !offline { try host.fetch([url], to: path) }
            return ResolvePlan.Index(url: url, path: path, isOwn: false)
        }
    }

    /// Returns the packages as the contract describes them; those of repositories are downloaded and checked.
    private func describe(
        _ resolution: Resolution,
        _ indexes: [ResolvePlan.Index],
        _ request: ABI.V1.Resolve,
        _ host: Host,
        _ tool: ToolRun,
        _ scratch: String
    ) throws -> [ABI.V1.Package] {
        let (context, keep) = (request.context, request.keep ?? [])
        var packages: [ABI.V1.Package] = []
        var downloaded: [DigestPlan.File] = []
        var places: [Int] = []
        let cache = try ConfinedDirectory(context.cache, "packages")
        for chosen in resolution.packages {
            try host.checkCancelled()
            guard let record = IndexRecord.parse(chosen.text).first, indexes.indices.contains(chosen.index) else {
                continue
            }
            let index = indexes[chosen.index]
            if index.isOwn, let kept = keep.first(where: { $0.name == record.name && $0.version == record.version }) {
                var package = kept
                package.path = nil
                package.requested = chosen.isRequested ? true : nil
                packages.append(package)
                continue
            }
            let directory =
                index.isOwn ? "file://\(index.url)" : String(index.url.dropLast(Repositories.indexName.utf8.count + 1))
            let url = "\(directory)/\(record.fileName)"
            guard let checksum = record.checksum, let size = record["S"].flatMap({ Int($0) }) else {
                throw ErrorObject(
                    code: .untrusted,
                    message: "the index \(index.url) does not describe the package \(record.name) in full",
                    subject: record.name
                )
            }
            var package = ABI.V1.Package(
                name: record.name,
                version: record.version,
                architecture: record.architecture,
                urls: [url],
                size: size,
                sha256: "",
                fileName: record.fileName
            )
            package.installedSize = record["I"].flatMap { Int($0) }
            package.source = record["o"]
            package.requested = chosen.isRequested ? true : nil
            let name = "\(try Digest.of(Array(checksum.utf8)).prefix(32)).apk"
            let path = cache.path(of: name)
            if cache.size(name) != size {
                cache.removeStrange(name)
                host.progress("fetching \(record.name)")
                try host.fetch([url], to: path)
            }
            places.append(packages.count)
            packages.append(package)
            downloaded.append(DigestPlan.File(name: record.name, path: path, checksum: checksum))
        }
        if downloaded.isEmpty { return packages }
        let output = try tool.run(
            "digest",
            plan: { DigestPlan(files: downloaded, scratch: scratch, channel: $0) },
            change: { command in
                command.capture = true
                command.label = "digest"
            }
        )
        let text = output.lines.last { $0.hasPrefix("[") } ?? ""
        for (place, digest) in zip(places, try JSONText.decode([String].self, from: text.utf8)) {
            packages[place].sha256 = digest
        }
        // A downloaded file need not be downloaded again; a lock file is for other hosts as well.
        if request.allPlaces == true { return packages }
        for (place, file) in zip(places, downloaded) { packages[place].urls.insert("file://\(file.path)", at: 0) }
        return packages
    }
}

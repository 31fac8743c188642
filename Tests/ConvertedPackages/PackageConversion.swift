import PackageSamples
import Support

/// Turns a set of Debian's packages, which has all that they need, into packages of another distribution.
struct PackageConversion {
    private let debian: [DebianPackage]
    private let target: ConvertedPackages.Target
    private let names: Set<String>
    /// Packages by the virtual names that they provide.
    private let providers: [String: [String]]
    private let versions: [String: DebianVersion]
    private let accounts: Accounts
    private let alternatives: [String: [SampleFile]]

    init(_ debian: [DebianPackage], for target: ConvertedPackages.Target) {
        self.debian = debian.sorted { $0.name < $1.name }
        self.target = target
        names = Set(debian.map(\.name))
        versions = Dictionary(debian.map { ($0.name, DebianVersion($0.fields["Version"] ?? "0")) }) { $1 }
        var providers: [String: [String]] = [:]
        for package in self.debian {
            for relation in DebianRelation.list(package.fields["Provides"]).joined() {
                providers[relation.name, default: []].append(package.name)
            }
        }
        self.providers = providers
        accounts = Accounts(self.debian)
        alternatives = Self.alternatives(self.debian)
    }

    func packages() throws -> [SamplePackage] {
        var packages = BaseFilesystem.packages(accounts)
        for package in debian { packages.append(try convert(package)) }
        try divert(&packages)
        Self.unifyDirectories(&packages)
        return packages
    }

    private func convert(_ debian: DebianPackage) throws -> SamplePackage {
        var package = SamplePackage(debian.name)
        let version = DebianVersion(debian.fields["Version"] ?? "0").adapted(to: target)
        package.version = version.version
        package.release = version.release
        package.epoch = version.epoch
        package.architecture = debian.fields["Architecture"] == "all" ? nil : "x86_64"
        package.license = "custom"
        package.source = debian.fields["Source"].map { String($0.prefix { !$0.isWhitespace }) }
        package.isEssential = debian.fields["Essential"] == "yes"
        package.requires = ["filesystem"]
        for field in ["Pre-Depends", "Depends"] {
            for dependency in DebianRelation.list(debian.fields[field]) {
                guard var relation = try choose(dependency, for: debian.name) else { continue }
                relation.isForScripts = field == "Pre-Depends"
                if !package.requires.contains(relation) { package.requires.append(relation) }
            }
        }
        for name in BaseFilesystem.furtherNeeds[debian.name] ?? [] where names.contains(name) {
            package.requires.append(SampleRelation(name))
        }
        package.provides = DebianRelation.list(debian.fields["Provides"]).joined().map { relation($0) }
        package.provides += (BaseFilesystem.furtherNames[debian.name] ?? []).map { SampleRelation($0) }
        package.conflicts = DebianRelation.list(debian.fields["Conflicts"]).joined().filter { !isOwn($0, debian) }
            .compactMap { bounded($0) }
        package.recommends = DebianRelation.list(debian.fields["Recommends"]).compactMap { alternatives in
            alternatives.first { names.contains($0.name) }.map { SampleRelation($0.name) }
        }
        if let script = MaintainerScripts.afterInstallation[debian.name] {
            package.scripts[.afterInstallation] = script
            var shell: SampleRelation = "dash"
            shell.isForScripts = true
            package.requires.append(shell)
        }
        package.files = files(of: debian)
        return package
    }

    // MARK: - Relations

    /// The first alternative that the set has; nil for what an image of another distribution does not need.
    private func choose(_ alternatives: [DebianRelation], for package: String) throws -> SampleRelation? {
        for alternative in alternatives {
            if names.contains(alternative.name) { return bounded(alternative) ?? SampleRelation(alternative.name) }
            // A name that several provide would make package managers choose.
            if let packages = providers[alternative.name], let first = packages.first {
                return SampleRelation(packages.count == 1 ? alternative.name : first)
            }
        }
        let text = alternatives.map(\.name).joined(separator: " | ")
        throw Failure(.missing, "\(package) needs \(text), which none of the packages is or provides")
    }

    /// The relation with its version, or nil if the package manager would compare that otherwise.
    private func bounded(_ relation: DebianRelation) -> SampleRelation? {
        guard let bound = relation.version else { return self.relation(relation) }
        switch target {
        case .rpm: break
        case .pacman: if bound.hasTilde || versions[relation.name]?.hasTilde == true { return nil }
        case .apk: return nil
        }
        return self.relation(relation)
    }

    private func relation(_ relation: DebianRelation) -> SampleRelation {
        SampleRelation(relation.name, relation.comparison, relation.version?.adapted(to: target).text)
    }

    /// True for what a package provides itself: Debian's packages exclude others so.
    private func isOwn(_ relation: DebianRelation, _ package: DebianPackage) -> Bool {
        relation.name == package.name || providers[relation.name]?.contains(package.name) == true
    }

    // MARK: - Files

    private func files(of package: DebianPackage) -> [SampleFile] {
        let added =
            MaintainerScripts.written(by: package) + (MaintainerScripts.links[package.name] ?? [])
            + (alternatives[package.name] ?? [])
        var seen: Set<String> = []
        return (package.files + added).compactMap { file in
            var file = file
            file.path = BaseFilesystem.path(file.path)
            if case .hardLink(let other) = file.kind { file.kind = .hardLink(BaseFilesystem.path(other)) }
            // Directories of the root are in one package, and each of two paths that are the same now is there once.
            if case .directory = file.kind, BaseFilesystem.paths.contains(file.path) { return nil }
            guard seen.insert(file.path).inserted else { return nil }
            if let attributes = MaintainerScripts.attributes[file.path] {
                file.mode = attributes.mode
                file.group = attributes.group
            }
            file.capabilities = MaintainerScripts.capabilities[file.path]
            file.userID = accounts.user(file.user) ?? 0
            file.groupID = accounts.group(file.group) ?? 0
            return file
        }
    }

    /// Links to the alternatives with the highest priority, by package.
    private static func alternatives(_ packages: [DebianPackage]) -> [String: [SampleFile]] {
        var best: [String: (package: String, alternative: MaintainerScripts.Alternative)] = [:]
        for package in packages {
            let paths = Set(package.files.map { BaseFilesystem.path($0.path) })
            for alternative in MaintainerScripts.alternatives(of: package)
            where paths.contains(BaseFilesystem.path(alternative.target))
                && alternative.priority > best[alternative.link]?.alternative.priority ?? .min
            {
                best[alternative.link] = (package.name, alternative)
            }
        }
        var files: [String: [SampleFile]] = [:]
        for (link, choice) in best.sorted(by: { $0.key < $1.key }) {
            files[choice.package, default: []].append(
                .symbolicLink(link, to: BaseFilesystem.path(choice.alternative.target))
            )
        }
        return files
    }

    /// Gives a path that two packages have to the one that diverts it; the file of the other becomes `PATH.distrib`.
    private func divert(_ packages: inout [SamplePackage]) throws {
        var owners: [String: (package: Int, file: Int)] = [:]
        for (index, package) in packages.enumerated() {
            for (number, file) in package.files.enumerated() {
                if case .directory = file.kind { continue }
                guard let other = owners.updateValue((index, number), forKey: file.path) else { continue }
                if isDiverted(file.path, by: package.name) {
                    packages[other.package].files[other.file].path += ".distrib"
                } else if isDiverted(file.path, by: packages[other.package].name) {
                    packages[index].files[number].path += ".distrib"
                    owners[file.path] = other
                } else {
                    throw Failure(
                        .configuration,
                        "Both \(packages[other.package].name) and \(package.name) have \(file.path)"
                    )
                }
            }
        }
    }

    private func isDiverted(_ path: String, by name: String) -> Bool {
        debian.contains { $0.name == name && MaintainerScripts.diverts($0, path) }
    }

    /// Gives directories of several packages the same attributes, those that are special in one of them.
    private static func unifyDirectories(_ packages: inout [SamplePackage]) {
        var special: [String: SampleFile] = [:]
        for file in packages.lazy.flatMap(\.files) {
            guard case .directory = file.kind else { continue }
            if file.mode != 0o755 || file.groupID != 0 || file.userID != 0 { special[file.path] = file }
        }
        for index in packages.indices {
            for number in packages[index].files.indices {
                if case .directory = packages[index].files[number].kind,
                    let file = special[packages[index].files[number].path]
                {
                    packages[index].files[number] = file
                }
            }
        }
    }
}

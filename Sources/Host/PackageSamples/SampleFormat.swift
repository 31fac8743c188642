/// Formats in which packages can be made; the raw values are those of the plugin contract (`packageFormat`).
public enum SampleFormat: String, Sendable, CaseIterable {
    case rpm
    case deb
    case pkg
    case apk

    /// Something that packages or repositories of some formats have, and those of others do not.
    public enum Feature: String, Sendable {
        case capabilities
        case datedIndexes = "indexes with a date at which they end"
        case diversions
        case epochs
        case failingScripts = "scripts whose failure ends the installation"
        case indexParts = "indexes in several files"
        case licenses = "licences in the package database"
        case paths = "paths as names of packages"
        case setgidDirectories = "set-group-ID bits of directories"
        case severalVersions = "several versions of a package in a repository"
        case signedPackages = "signed packages"
        case takenFiles = "files that one package takes over from another"
        case weakDependencies = "weak dependencies"
    }

    /// The features that the format has.
    public var features: Set<Feature> {
        switch self {
        case .rpm:
            [
                .capabilities, .epochs, .failingScripts, .indexParts, .licenses, .paths, .setgidDirectories,
                .severalVersions, .signedPackages, .weakDependencies,
            ]
        case .deb:
            [
                .datedIndexes, .diversions, .epochs, .failingScripts, .indexParts, .setgidDirectories,
                .severalVersions, .takenFiles, .weakDependencies,
            ]
        case .pkg: [.capabilities, .epochs, .licenses, .setgidDirectories, .signedPackages]
        case .apk: [.licenses]
        }
    }

    /// Programs that the packages of a tree need besides the shell, because the package manager itself runs in the tree.
    public var programsInTree: [String] {
        switch self {
        case .deb:
            [
                "dpkg", "dpkg-deb", "dpkg-divert", "dpkg-query", "dpkg-split", "dpkg-statoverride", "dpkg-trigger",
                "rm",
                "tar", "diff",
            ]
        case .rpm, .pkg, .apk: []
        }
    }

    /// Programs that it looks for before it begins, and that have nothing to do in such a tree.
    public var idleProgramsInTree: [SampleFile] {
        let paths = self == .deb ? ["/usr/sbin/ldconfig", "/usr/sbin/start-stop-daemon"] : []
        return paths.map { .text($0, "#!/bin/sh\n", mode: 0o755) }
    }

    /// Directories of every system in which the package manager expects to keep something.
    public var directoriesOfManager: [SampleFile] { self == .deb ? [.directory("/var/lib/apt")] : [] }

    /// The packages of every system.
    public var basePackages: [String] {
        programsInTree.isEmpty ? ["filesystem"] : ["filesystem", SamplePackage.shellName]
    }

    /// A word that asks for a package in one of its versions, as the package manager's users write it.
    public func word(_ name: String, version: String) -> String {
        switch self {
        case .rpm: "\(name)-\(version)"
        case .deb, .pkg, .apk: "\(name)=\(version)"
        }
    }

    /// A version with its release, `VERSION-RELEASE`, in the form of the format.
    public func version(_ text: String) -> String {
        guard self == .apk, let dash = text.lastIndex(of: "-") else { return text }
        return "\(text[..<dash])-r\(text[dash...].dropFirst())"
    }

    /// The architecture of packages that suit every machine, as the index of a repository for `architecture` states it.
    public func anyArchitecture(in architecture: String) -> String {
        switch self {
        case .rpm: "noarch"
        case .deb: "all"
        case .pkg: "any"
        case .apk: architecture
        }
    }
}

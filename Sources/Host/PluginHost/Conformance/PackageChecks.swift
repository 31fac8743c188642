import Glibc
import PackageSamples
import PluginWire
import Support
import System

/// The named checks of what a distribution plugin does with packages.
///
/// Checks examine builds; each build is run once, by the first check that needs it.
final class PackageChecks {
    typealias Check = (name: String, body: () throws(CheckFailure) -> Void)

    private let trial: PackageTrial
    private var plainBuild: PackageTrial.Built?
    private var fullBuild: PackageTrial.Built?
    private var smallBuild: PackageTrial.Built?

    init(_ trial: PackageTrial) { self.trial = trial }

    var all: [Check] { ofContent + ofChoice + ofChanges + ofErrors + ofTrust + ofTheNetwork }

    // MARK: - Builds

    private func plain() throws(CheckFailure) -> PackageTrial.Built {
        if let plainBuild { return plainBuild }
        let built = try successful(trial.build(packages: ["tool"], settings: "CleanPackageMetadata=no"))
        plainBuild = built
        return built
    }

    private func full() throws(CheckFailure) -> PackageTrial.Built {
        if let fullBuild { return fullBuild }
        let built = try successful(
            trial.build(packages: ["tool"], settings: "WithRecommends=yes\nWithDocs=no")
        )
        fullBuild = built
        return built
    }

    private func small() throws(CheckFailure) -> PackageTrial.Built {
        if let smallBuild { return smallBuild }
        let built = try successful(
            trial.build(
                packages: ["tool", "several", "extra"],
                settings: "CleanPackageMetadata=yes\nRemovePackages=tool"
            )
        )
        smallBuild = built
        return built
    }

    private func successful(_ built: PackageTrial.Built) throws(CheckFailure) -> PackageTrial.Built {
        try require(built.succeeded, "the build failed: \(Self.reason(built.output))")
        return built
    }

    /// The line with the error in what the program printed.
    private static func reason(_ output: String) -> String {
        let lines = output.split(separator: "\n").map(String.init)
        return Excerpt.text(lines.first { $0.contains("error: ") } ?? lines.last ?? "it printed nothing")
    }

    private func require(_ condition: Bool, _ reason: @autoclosure () -> String) throws(CheckFailure) {
        if !condition { throw CheckFailure(reason()) }
    }

    // MARK: - What is in the tree

    private var ofContent: [Check] {
        [
            ("packages of a signed repository are installed", { () throws(CheckFailure) in _ = try self.plain() }),
            (
                "what resolve names is what install installs",
                { () throws(CheckFailure) in
                    let names = try self.plain().names
                    try self.require(
                        names == ["filesystem", "helper", "library", "shell", "tool"],
                        "the image has \(names.joined(separator: ", "))"
                    )
                }
            ),
            (
                "versions are those of the packages, with their epochs",
                { () throws(CheckFailure) in
                    for (name, version) in [("library", "1:2.0-1"), ("tool", "2.0-3")] {
                        let found = try self.plain().packages.first { $0.name == name }?.version ?? "missing"
                        try self.require(found == version, "the version of \(name) is \(found) and not \(version)")
                    }
                }
            ),
            (
                "scripts of packages run, with what their packages need in place",
                { () throws(CheckFailure) in
                    try self.expect(text: "configured with library\n", at: "var/lib/tool/state")
                }
            ),
            ("a setuid bit is kept", { () throws(CheckFailure) in try self.expect(mode: 0o4755, at: "usr/bin/tool") }),
            (
                "a setgid directory is kept",
                { () throws(CheckFailure) in try self.expect(mode: 0o2775, at: "var/lib/tool") }
            ),
            (
                "a sticky directory is kept",
                { () throws(CheckFailure) in try self.expect(mode: 0o1777, at: "var/tmp") }
            ),
            (
                "two names of a file are hard links",
                { () throws(CheckFailure) in
                    let (one, other) = (try self.status("usr/bin/tool"), try self.status("usr/bin/tool-again"))
                    try self.require(one.st_ino == other.st_ino, "/usr/bin/tool-again is a file of its own")
                }
            ),
            (
                "a symbolic link is kept as it is",
                { () throws(CheckFailure) in
                    var target = [CChar](repeating: 0, count: 256)
                    let path = try self.plain().image + "/usr/bin/tool-link"
                    let count = readlink(path, &target, target.count)
                    let text = String(
                        decoding: target.prefix(max(0, count)).map { UInt8(bitPattern: $0) },
                        as: UTF8.self
                    )
                    try self.require(text == "tool", "/usr/bin/tool-link leads to \"\(text)\"")
                }
            ),
            (
                "capabilities of files are kept",
                { () throws(CheckFailure) in
                    let path = try self.plain().image + "/usr/bin/helper"
                    let names = Self.attributes(of: path)
                    try self.require(
                        names.contains("security.capability") || geteuid() != 0,
                        "/usr/bin/helper has no capabilities"
                    )
                }
            ),
            (
                "a configuration file has its content and mode",
                { () throws(CheckFailure) in
                    try self.expect(text: "default\n", at: "etc/tool.conf")
                    try self.expect(mode: 0o640, at: "etc/tool.conf")
                }
            ),
            (
                "groups of files are those that the tree knows by their names",
                { () throws(CheckFailure) in
                    let group = try self.status("etc/tool.conf").st_gid
                    try self.require(
                        group == 8 || geteuid() != 0,
                        "/etc/tool.conf belongs to the group \(group), not 8"
                    )
                }
            ),
            (
                "names that are not ASCII are kept",
                { () throws(CheckFailure) in try self.expect(text: "name\n", at: "usr/share/ümlaut") }
            ),
            (
                "documentation is installed",
                { () throws(CheckFailure) in try self.expect(text: "read\n", at: "usr/share/doc/tool/README") }
            ),
            (
                "no log and no cache of the package manager is left",
                { () throws(CheckFailure) in
                    for directory in ["var/log", "var/cache"] {
                        let files = Self.files(below: try self.plain().image + "/" + directory)
                        try self.require(files.isEmpty, "/\(directory) has \(files.prefix(3).joined(separator: ", "))")
                    }
                }
            ),
        ]
    }

    // MARK: - What is chosen

    private var ofChoice: [Check] {
        [
            (
                "weak dependencies are left out unless they are wanted",
                { () throws(CheckFailure) in
                    try self.require(!self.plain().names.contains("extra"), "extra was installed")
                }
            ),
            (
                "weak dependencies are installed if they are wanted",
                { () throws(CheckFailure) in
                    try self.require(self.full().names.contains("extra"), "extra was not installed")
                }
            ),
            (
                "documentation is left out if it is not wanted",
                { () throws(CheckFailure) in
                    let path = try self.full().image + "/usr/share/doc/tool/README"
                    try self.require(!Files.exists(path), "/usr/share/doc/tool/README was installed")
                }
            ),
            (
                "the newest version is chosen, by numbers and not by text",
                { () throws(CheckFailure) in
                    let version = try self.small().packages.first { $0.name == "several" }?.version ?? "none"
                    try self.require(version == "10-1", "several has the version \(version) and not 10-1")
                }
            ),
            (
                "a path and what packages provide can be asked for",
                { () throws(CheckFailure) in
                    let built = try self.successful(
                        self.trial.build(packages: ["/usr/bin/helper", "virtual-library"])
                    )
                    let names = built.names
                    try self.require(
                        names == ["filesystem", "helper", "library"],
                        "the image has \(names.joined(separator: ", "))"
                    )
                }
            ),
        ]
    }

    // MARK: - Removal, further packages, scripts

    private var ofChanges: [Check] {
        [
            (
                "a removed package is no longer listed",
                { () throws(CheckFailure) in
                    try self.require(!self.small().names.contains("tool"), "the manifest lists tool")
                }
            ),
            (
                "removal removes the files of a package, and runs its scripts",
                { () throws(CheckFailure) in
                    let image = try self.small().image
                    try self.require(!Files.exists(image + "/usr/bin/tool"), "/usr/bin/tool is there")
                    try self.require(
                        Files.exists(image + "/var/lib/removed-tool"),
                        "the script that runs after the removal of tool did not run"
                    )
                }
            ),
            (
                "what only a removed package needed is removed",
                { () throws(CheckFailure) in
                    let names = try self.small().names
                    try self.require(
                        names == ["extra", "filesystem", "several"]
                            || names == ["extra", "filesystem", "several", "shell"],
                        "the image has \(names.joined(separator: ", "))"
                    )
                }
            ),
            (
                "scripts of projects install and remove packages",
                { () throws(CheckFailure) in
                    let built = try self.successful(
                        self.trial.build(
                            packages: ["tool", "extra"],
                            settings: "WithNetwork=yes",
                            script: "#!/bin/sh\nset -e\nmkosi-install several\nmkosi-remove extra\n"
                        )
                    )
                    try self.require(built.names.contains("several"), "several was not installed")
                    try self.require(!built.names.contains("extra"), "extra was not removed")
                }
            ),
        ]
    }

    // MARK: - Errors

    private var ofErrors: [Check] {
        [
            ("a package that does not exist is named", ["nowhere"], ["nowhere"]),
            ("a broken dependency is named", ["lost"], ["lost", "nowhere-to-be-found"]),
            ("both packages of a conflict are named", ["tool", "enemy"], ["tool", "enemy"]),
            ("a package whose script fails is named", ["failing"], ["failing"]),
        ].map { name, packages, words in
            (
                name,
                { () throws(CheckFailure) in
                    let built = try self.trial.build(packages: packages)
                    try self.require(!built.succeeded, "the build succeeded")
                    try self.require(!Files.exists(built.image), "there is an image")
                    let reason = Self.reason(built.output)
                    for word in words where !reason.contains(word) {
                        throw CheckFailure("the error does not contain \"\(word)\": \(reason)")
                    }
                }
            )
        }
    }

    // MARK: - Trust

    private var ofTrust: [Check] {
        let refused: [(String, RepositoryVariant)] = [
            ("an unsigned repository is refused", .unsigned),
            ("a repository that is signed by another key is refused", .otherKey),
            ("a repository whose key has expired is refused", .expired),
            ("an index that is not the one that was signed is refused, unless packages are signed", .changedIndex),
            ("a package that is not the one of the index is refused", .changed),
        ]
        return refused.map { name, variant in
            (
                name,
                { () throws(CheckFailure) in
                    let built = try self.trial.build(variant, packages: ["tool"])
                    try self.require(!built.succeeded, "the build succeeded")
                    try self.require(!Files.exists(built.image), "there is an image")
                }
            )
        } + [
            (
                "an unsigned repository is used if signatures are not to be checked",
                { () throws(CheckFailure) in
                    _ = try self.successful(
                        self.trial.build(.unsigned, packages: ["extra"], arguments: ["--repository-key-check=no"])
                    )
                }
            )
        ]
    }

    // MARK: - The network

    private var ofTheNetwork: [Check] {
        [
            (
                "offline means offline: a build without its repository uses what is cached",
                { () throws(CheckFailure) in
                    _ = try self.successful(self.trial.build(packages: ["extra"]))
                    self.trial.removeRepository()
                    defer { self.trial.restoreRepository() }
                    _ = try self.successful(self.trial.buildAgain(["--cache-only=always"]))
                }
            ),
            (
                "offline means offline: what is not cached is an error",
                { () throws(CheckFailure) in
                    let built = try self.trial.build(packages: ["extra"], arguments: ["--cache-only=always"])
                    try self.require(!built.succeeded, "the build succeeded without anything in the cache")
                }
            ),
        ]
    }

    // MARK: - Looking at a tree

    private func status(_ path: String) throws(CheckFailure) -> stat {
        var status = stat()
        let place = try plain().image + "/" + path
        guard lstat(place, &status) == 0 else { throw CheckFailure("/\(path) is missing") }
        return status
    }

    private func expect(mode: UInt32, at path: String) throws(CheckFailure) {
        let found = try status(path).st_mode & 0o7777
        let (text, wanted) = (String(found, radix: 8), String(mode, radix: 8))
        try require(found == mode, "/\(path) has the mode \(text) and not \(wanted)")
    }

    private func expect(text: String, at path: String) throws(CheckFailure) {
        let place = try plain().image + "/" + path
        guard let found = try? Files.readText(place) else { throw CheckFailure("/\(path) cannot be read") }
        try require(found == text, "/\(path) has other content: \(Excerpt.quoted(found.utf8))")
    }

    private static func attributes(of path: String) -> [String] {
        guard let file = try? Descriptor.open(path, O_RDONLY) else { return [] }
        return (try? ExtendedAttribute.names(of: file.number, path)) ?? []
    }

    /// Paths of everything below a directory that is no directory itself.
    private static func files(below directory: String) -> [String] {
        ((try? Files.list(directory)) ?? []).flatMap { name in
            let path = "\(directory)/\(name)"
            return Files.kind(of: path) == S_IFDIR ? files(below: path) : [path]
        }
    }
}

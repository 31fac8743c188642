import Execution
import JSON
import PackageSamples
import Support
import System
import TestSupport
import Testing

/// What all families of package managers do alike: lock files, plans, kept layers, and builds that are compared.
@Suite struct FamilyTests {
    /// A package manager with what a project needs for a repository of its format.
    enum Family: String, CaseIterable, CustomTestStringConvertible {
        case apt, dnf, pacman, zypper

        var testDescription: String { rawValue }

        var isPossible: Bool {
            let programs: [String] =
                switch self {
                case .apt: ["apt-get", "dpkg", "gpgv"]
                case .dnf: ["dnf", "rpm"]
                case .pacman: ["pacman", "gpg"]
                case .zypper: ["zypper", "rpm", "gpgv"]
                }
            return programs.allSatisfy { Paths.findProgram($0) != nil }
        }

        func settings(_ repository: String) -> String {
            switch self {
            case .apt: "Distribution=kali\nRelease=kali-rolling\nLocalMirror=file://\(repository)"
            case .dnf: "Distribution=fedora\nRelease=43\nLocalMirror=file://\(repository)"
            case .pacman: "Distribution=arch\nMirror=file://\(repository)"
            case .zypper: "Distribution=opensuse\nRelease=tumbleweed\nLocalMirror=file://\(repository)"
            }
        }

        /// Where the sandbox has the key.
        var key: String {
            switch self {
            case .apt: "usr/share/keyrings/kali-archive-keyring.gpg"
            case .dnf: "etc/pki/rpm-gpg/RPM-GPG-KEY-fedora-43-primary"
            case .pacman: "usr/share/pacman/keyrings/archlinux.gpg"
            case .zypper: "etc/pki/rpm-gpg/RPM-GPG-KEY-openSUSE-Tumbleweed"
            }
        }

        func write(_ packages: [SamplePackage], to directory: String, keys: RepositoryKeys) throws {
            switch self {
            case .apt:
                try DebRepository.write(
                    packages,
                    release: "kali-rolling",
                    architecture: "amd64",
                    to: directory,
                    keys: keys
                )
            case .dnf, .zypper: try RPMRepository.write(packages, to: directory, keys: keys)
            case .pacman:
                for (name, list) in [("core", packages), ("extra", [])] {
                    try PacmanRepository.write(name, list, to: "\(directory)/\(name)/os/x86_64", keys: keys)
                }
            }
        }

        private var format: SampleFormat {
            switch self {
            case .apt: .deb
            case .dnf, .zypper: .rpm
            case .pacman: .pkg
            }
        }

        /// The file of a package that is in no repository.
        func file(of package: SamplePackage) throws -> (name: String, bytes: [UInt8]) {
            try SampleRepository(format, release: "1", architecture: "x86_64").file(of: package)
        }

        /// The shell, with what else the package manager needs in a tree.
        func shell() throws -> SamplePackage {
            .shell(
                try SampleShell.files(with: format.programsInTree) + format.idleProgramsInTree
                    + format.directoriesOfManager,
                architecture: self == .apt ? "amd64" : "x86_64"
            )
        }
    }

    /// A project of a family with two small packages, `first` and `second`.
    final class Project {
        let directory: TemporaryDirectory
        private let family: Family
        private let keys: RepositoryKeys
        private let base: [SamplePackage]

        init(_ family: Family, adding packages: [SamplePackage] = []) throws {
            self.family = family
            directory = try TemporaryDirectory(openToAll: true)
            keys = try RepositoryKeys()
            var meta = SamplePackage("basesystem")
            meta.requires = ["filesystem", "shell"]
            base = [.fileSystem, try family.shell(), meta] + packages
            try write(version: "2.0")
            let key =
                family == .apt || family == .pacman
                ? try keys.good.publicKey() : Array(try keys.good.armoredPublicKey().utf8)
            try directory.write(key, to: "project/mkosi.sandbox/\(family.key)")
            try directory.makeDirectory("home")
            try directory.write(
                """
                [Distribution]
                \(family.settings(directory("repository")))
                [Output]
                Format=directory
                ManifestFormat=json
                [Content]
                SourceDateEpoch=1700000000
                Packages=first

                """,
                to: "project/mkosi.conf"
            )
        }

        /// Writes the repository, with another version of both packages.
        func write(version: String) throws {
            let packages = ["first", "second"].map { name in
                var package = SamplePackage(name)
                package.version = version
                package.requires = ["shell"]
                package.files = [.text("/usr/share/\(name)", "\(version)\n")]
                return package
            }
            try family.write(base + packages, to: directory("repository"), keys: keys)
        }

        func mkosi(_ arguments: [String]) throws -> RunResult {
            try run(
                [Stage.mkosi, "--progress-fd=3", "--package-cache-directory=\(directory("cache"))"] + arguments,
                environment: plainEnvironment + ["HOME=\(directory("home"))"],
                in: directory("project"),
                collectsEvents: true
            )
        }

        func text(_ path: String) -> String? { try? Files.readText(directory("project/image/\(path)")) }
    }

    @Test(
        "A plan tells what a build will do, and one package more goes on top of the layer that was kept",
        arguments: Soak.sample(Family.allCases.filter(\.isPossible), every: 2)
    )
    func layers(_ family: Family) throws {
        let project = try Project(family)
        let incremental = ["--incremental=yes"]
        var plan = try project.mkosi(incremental + ["plan"])
        #expect(plan.succeeded && plan.output.contains("  run "), "\(plan)")
        var result = try project.mkosi(incremental)
        #expect(result.succeeded, "\(result)")
        plan = try project.mkosi(incremental + ["plan"])
        #expect(plan.succeeded && !plan.output.contains("  run "), "\(plan)")
        let more = incremental + ["--package=second"]
        plan = try project.mkosi(more + ["plan"])
        #expect(plan.succeeded && plan.output.contains("  run "), "\(plan)")
        result = try project.mkosi(more + ["--force"])
        #expect(result.succeeded && result.steps("cached").contains("packages"), "\(result)")
        #expect(project.text("usr/share/first") == "2.0\n" && project.text("usr/share/second") == "2.0\n")
    }

    @Test(
        "A lock file keeps its versions; two builds are the same, and the package that differs is named",
        arguments: Soak.sample(Family.allCases.filter(\.isPossible), every: 2)
    )
    func lockAndReproducibility(_ family: Family) throws {
        let project = try Project(family)
        var result = try project.mkosi(["lock"])
        #expect(result.succeeded, "\(result)")
        try project.write(version: "3.0")
        result = try project.mkosi(["--check-reproducible"])
        #expect(result.succeeded, "\(result)")
        #expect(project.text("usr/share/first") == "2.0\n")
        result = try project.mkosi(["lock", "--update"])
        #expect(result.succeeded, "\(result)")
        result = try project.mkosi(["--force"])
        #expect(result.succeeded && project.text("usr/share/first") == "3.0\n", "\(result)")

        Files.remove(project.directory("project/mkosi.lock"))
        var stamp = SamplePackage("stamp")
        stamp.requires = ["shell"]
        stamp.files = [.directory("/usr/lib/stamp"), .text("/usr/lib/stamp/list", "from the package\n")]
        stamp.scripts = [
            .afterInstallation: "read -r line </proc/sys/kernel/random/uuid\necho \"$line\" >/usr/lib/stamp/list\n"
        ]
        let file = try family.file(of: stamp)
        try project.directory.write(file.bytes, to: "project/mkosi.packages/\(file.name)")
        result = try project.mkosi(["--force", "--check-reproducible", "--json", "--package=stamp"])
        #expect(result.status == .exited(1), "\(result)")
        let images = try JSON.parse(result.outputBytes)["Images"]?.array ?? []
        let findings = images.flatMap { $0["Findings"]?.array ?? [] }
        #expect(findings.map { $0["Path"]?.string } == ["usr/lib/stamp/list"], "\(findings)")
        #expect(findings.allSatisfy { $0["Culprit"]?["Packages"] == .array(["stamp"]) }, "\(findings)")
    }
}

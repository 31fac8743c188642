import Glibc
import Support
import System
import TestSupport

/// Packages of Debian from the mirrors of this machine, downloaded by an apt that has all of its state below the checkout.
enum DebianDownload {
    /// Packages are those of x86-64, whose programs are run after an installation.
    static let isPossible: Bool = {
        #if arch(x86_64)
            let release = (try? Files.readText("/etc/os-release")) ?? ""
            return release.contains("\nID=debian\n") && Paths.findProgram("apt-get") != nil
        #else
            return false
        #endif
    }()

    /// Kept between runs of the tests, as all below `.build` is.
    private static let directory = Paths.join(Stage.packageRoot, ".build/debian-packages")

    /// Downloads packages with all that they need, unless they are here from an earlier test.
    ///
    /// - Returns: Paths of package files, in the order of names.
    static func files(_ names: [String]) throws -> [String] {
        try Files.makeDirectories("\(directory)/archives/partial")
        try Files.makeDirectories("\(directory)/lists/partial")
        // Several tests and test programs share the directory.
        let lock = try Descriptor.open("\(directory)/lock", O_RDWR | O_CREAT)
        try systemCall("flock", directory) { flock(lock.number, LOCK_EX) }
        try Files.write([], to: "\(directory)/status")
        if try list(names, updated: false) == nil { try apt(["update"]) }
        guard let files = try list(names, updated: true) else { return [] }
        if files.allSatisfy(Files.isPlainFile) { return files }
        let downloaded = try? apt(["--download-only", "install"] + names)
        if downloaded == nil {
            // The lists are older than the mirror.
            try apt(["update"])
            try apt(["--download-only", "install"] + names)
            return try list(names, updated: true) ?? []
        }
        return files
    }

    /// Files of all packages that an installation would bring; nil without lists of packages.
    private static func list(_ names: [String], updated: Bool) throws -> [String]? {
        guard let result = try? apt(["--simulate", "install"] + names) else {
            if updated { try apt(["--simulate", "install"] + names) }
            return nil
        }
        // Inst NAME (VERSION ORIGIN [ARCHITECTURE]) ...
        return result.outputLines.compactMap { line in
            let words = line.split(separator: " ")
            guard words.count > 3, words[0] == "Inst", let bracket = words.first(where: { $0.hasPrefix("[") }) else {
                return nil
            }
            let version = words[2].dropFirst().split(separator: ":", omittingEmptySubsequences: false).joined(
                separator: "%3a"
            )
            let architecture = bracket.dropFirst().prefix { $0 != "]" }
            return "\(directory)/archives/\(words[1])_\(version)_\(architecture).deb"
        }.sorted()
    }

    @discardableResult
    private static func apt(_ arguments: [String]) throws -> RunResult {
        let options = [
            "Dir::State=\(directory)", "Dir::State::status=\(directory)/status", "Dir::Cache=\(directory)",
            "APT::Install-Recommends=false", "APT::Sandbox::User=root", "APT::Update::Post-Invoke=",
            "APT::Architecture=amd64",
        ]
        return try runChecked(
            ["apt-get", "--quiet=2", "--yes"] + options.flatMap { ["--option", $0] } + arguments,
            environment: plainEnvironment + ["DEBIAN_FRONTEND=noninteractive"],
            limit: 300
        )
    }
}

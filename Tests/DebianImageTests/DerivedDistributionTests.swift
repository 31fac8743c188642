import Support
import System
import TestSupport
import Testing

/// A distribution that a directory with one file adds, with the code of another plugin and its own mirror and keys.
@Suite(.needsDebian, .needsRoot)
struct DerivedDistributionTests {
    /// The machine's own mirror, by its list of sources.
    private static func mirror() throws -> String {
        let targets = try runChecked([
            "apt-get", "indextargets", "--format", "$(REPO_URI) $(CODENAME)", "Created-By: Packages",
        ]).output
        let line = targets.split(separator: "\n").first { $0.hasSuffix(" \(DebianProject.release)") }
        return String(try #require(line?.split(separator: " ").first))
    }

    private static func manifest(mirror: String) -> String {
        """
        {"manifest": 1, "name": "umbra", "version": "5", "summary": "Derived from Debian",
         "protocol": {"min": 1, "max": 1}, "interface": {"min": 1, "max": 1}, "start": {"plugin": "debian"},
         "provides": {"distributions": [{"name": "umbra", "title": "Umbra", "architectures": {"x86-64": "amd64"},
          "releases": [{"name": "\(DebianProject.release)"}], "defaultRelease": "\(DebianProject.release)",
          "packageFormat": "deb", "mirrors": {"*": "\(mirror)"},
          "keyrings": ["/usr/share/keyrings/debian-archive-keyring.gpg"],
          "packageSets": {"base": ["?essential", "?exact-name(usr-is-merged)"]},
          "tools": [{"name": "apt-get"}, {"name": "dpkg"}, {"name": "gpgv"}]}]}}
        """
    }

    @Test("Real packages are installed under its own name, from its own mirror, with its own key")
    func image() throws {
        let project = try DebianProject()
        let mirror = try Self.mirror()
        let manifest = Self.manifest(mirror: mirror)
        try project.directory.write(manifest, to: "project/mkosi.plugins/umbra/plugin.json")
        let options = ["--distribution=umbra", "--package=", "--package=gpgv"]
        let result = try project.mkosi(options)
        #expect(result.succeeded, "\(result)")
        #expect(try project.installedPackages().contains("gpgv"))
        #expect(try Files.readText("\(project.project)/image.manifest").contains(#""distribution": "umbra""#))
        let sources = try runChecked(
            ["tar", "-xOf", "image.tar", "etc/apt/sources.list.d/\(DebianProject.release).sources"],
            in: project.project
        ).output
        #expect(sources.contains(mirror.hasSuffix("/") ? String(mirror.dropLast()) : mirror), "\(sources)")

        // Another key does not do.
        let foreign = try runChecked(["sh", "-c", "ls /usr/share/keyrings/*removed-keys.gpg | head -n 1"]).outputLines
        let other = manifest.replacing(
            "/usr/share/keyrings/debian-archive-keyring.gpg",
            with: try #require(foreign.first)
        )
        try project.directory.write(other, to: "project/mkosi.plugins/umbra/plugin.json")
        let refused = try project.mkosi(["--force"] + options)
        #expect(!refused.succeeded && refused.errors.contains("signed"), "\(refused)")
    }
}

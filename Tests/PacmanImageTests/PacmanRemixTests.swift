import PackageSamples
import Support
import System
import TestSupport
import Testing

/// A distribution that one directory of a manifest and resources adds, with nothing compiled.
@Suite(.enabled(if: PacmanProject.isPossible, "needs pacman and gpg, on x86-64"))
struct PacmanRemixTests {
    private static func manifest(mirror: String) -> String {
        """
        {"manifest": 1, "name": "umbra", "version": "5", "summary": "Umbra, over the code of another plugin",
         "protocol": {"min": 1, "max": 1}, "interface": {"min": 1, "max": 1}, "start": {"plugin": "arch"},
         "provides": {
          "distributions": [{"name": "umbra", "title": "Umbra", "osRelease": ["umbra"], "architectures": {"x86-64": "x86_64"},
           "releases": [{"name": "dawn"}], "defaultRelease": "dawn", "packageFormat": "pkg",
           "mirrors": {"*": "\(mirror)/$repo/$arch"}, "repositories": ["shadow"], "keyrings": ["keys/umbra.gpg"], "keyringPackage": "umbra-keyring",
           "packageSets": {"base": ["filesystem", "umbra-release"], "system": ["tool"]}, "packageManagers": ["pacman"],
           "kernelPackages": ["linux-umbra"], "tools": [{"name": "pacman"}, {"name": "gpg"}]}],
          "includes": [{"name": "mkosi-umbra", "path": "resources/desktop"}]}}
        """
    }

    @Test("Its own mirror, repository, key, package sets, os-release and resources make an image")
    func image() throws {
        let project = try PacmanProject()
        var release = SamplePackage("umbra-release")
        release.files = [.text("/usr/lib/os-release", "ID=umbra\nNAME=Umbra\nVERSION_ID=dawn\n")]
        let keys = try RepositoryKeys()
        try PacmanRepository.write(
            "shadow",
            try PacmanProject.packages() + [release],
            to: project.directory("umbra/shadow/x86_64"),
            keys: keys
        )
        let plugin = "project/mkosi.plugins/umbra"
        try project.directory.write(
            Self.manifest(mirror: "file://\(project.directory("umbra"))"),
            to: "\(plugin)/plugin.json"
        )
        try project.directory.write(try keys.good.publicKey(), to: "\(plugin)/keys/umbra.gpg")
        try project.directory.write("[Content]\nPackages=helper\n", to: "\(plugin)/resources/desktop/mkosi.conf")
        Files.remove(project.directory("project/mkosi.sandbox/usr/share/pacman/keyrings/archlinux.gpg"))
        try project.directory.write(
            """
            [Include]
            Include=mkosi-umbra
            [Distribution]
            Distribution=umbra
            [Output]
            Format=directory
            ManifestFormat=json
            [Content]
            CleanPackageMetadata=no
            """,
            to: "project/mkosi.conf"
        )
        let result = try project.mkosi()
        #expect(result.succeeded, "\(result)")
        #expect(try project.installed() == ["filesystem-2.0-1", "helper-2.0-1", "umbra-release-2.0-1"])
        #expect(try Files.readText("\(project.image)/usr/lib/os-release").hasPrefix("ID=umbra"))
        #expect(try Files.readText("\(project.project)/image.manifest").contains(#""distribution": "umbra""#))

        // The key is its own: those of another plugin do not do.
        try project.directory.write(try keys.other.publicKey(), to: "\(plugin)/keys/umbra.gpg")
        let refused = try project.mkosi(["--force"])
        #expect(!refused.succeeded && refused.errors.contains("core") == false, "\(refused)")
        #expect(refused.errors.contains("shadow"), "\(refused)")

        // Nobody vouches for what comes from a server that anybody can be.
        try project.directory.write(Self.manifest(mirror: "http://127.0.0.1:1"), to: "\(plugin)/plugin.json")
        Files.remove(project.directory("\(plugin)/keys/umbra.gpg"))
        let unprotected = try project.mkosi(["--force", "--repository-key-fetch=yes"])
        #expect(!unprotected.succeeded && unprotected.errors.contains("only https: protects them"), "\(unprotected)")
    }
}

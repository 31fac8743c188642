import JSON
import PackageSamples
import Support
import System
import TestSupport
import Testing

/// Mirrors that are laid out as those of openSUSE are, and what the manifest of an image states.
@Suite(.serialized, .enabled(if: ZypperProject.isPossible, "needs zypper, rpm and gpgv")) struct ZypperMirrorTests {
    private static func changeConfiguration(_ project: ZypperProject, _ change: ([Substring]) -> [Substring]) throws {
        let path = "\(project.project)/mkosi.conf"
        let lines = change(try Files.readText(path).split(separator: "\n"))
        try Files.write(Array(lines.joined(separator: "\n").utf8), to: path)
    }

    @Test(
        "A build asks a mirror for what it needs of the real layout, and for nothing else",
        arguments: [
            ("tumbleweed", "tumbleweed/repo/oss", ["update/tumbleweed"]),
            ("16.0", "distribution/leap/16.0/repo/oss", []),
        ]
    )
    func realPaths(release: String, base: String, empty: [String]) throws {
        let project = try ZypperProject(settings: "Packages=several")
        let more = "source/\(base)"
        try Self.changeConfiguration(project) { $0.filter { !$0.hasPrefix("LocalMirror=") } }
        let keys = project.directory("project/mkosi.sandbox/etc/pki/rpm-gpg")
        try Files.write(try Files.read("\(project.repository)/KEY.asc"), to: "\(keys)/RPM-GPG-KEY-openSUSE")
        for path in [base] + empty + [more] {
            let parent = path.split(separator: "/").dropLast().joined(separator: "/")
            try project.directory.makeDirectory("www/m/\(parent)")
            try runChecked(["ln", "-s", project.repository, project.directory("www/m/\(path)")])
        }
        let server = try LoggedServer(project.directory("www"), log: project.directory("log"))
        let options = ["--release=\(release)", "--mirror=\(server.url)/m"]
        try project.build(options)
        #expect(try Files.readText("\(project.image)/usr/share/several") == "10\n")
        for path in [base] + empty {
            for file in ["repomd.xml", "repomd.xml.asc"] {
                #expect(server.requests.contains("/m/\(path)/repodata/\(file)"), "\(server.requests)")
            }
        }
        let packages = server.requests.filter { $0.hasSuffix(".rpm") }
        #expect(
            packages == ["filesystem-2.0-1.noarch.rpm", "several-10-1.noarch.rpm"].map { "/m/\(base)/packages/\($0)" }
        )
        #expect(server.requests.allSatisfy { path in ([base] + empty).contains { path.hasPrefix("/m/\($0)/") } })
        try project.build(options + ["--repositories=oss-source"])
        #expect(server.requests.contains("/m/\(more)/repodata/repomd.xml"), "\(server.requests)")
    }

    @Test func theManifestStatesLicencesAndReasons() throws {
        let project = try ZypperProject(settings: "Packages=tool")
        try project.build()
        let packages = try JSON.parse(Files.read("\(project.project)/image.manifest"))["packages"]?.array ?? []
        func package(_ name: String) -> JSON? { packages.first { $0["name"]?.string == name } }
        #expect(package("tool")?["requested"] == .bool(true) && package("library")?["requested"] == .bool(false))
        #expect(package("tool")?["license"]?.string == "MIT AND GPL-2.0-or-later", "\(packages)")
    }
}

import Execution
import JSON
import PluginWire
import Support
import System
import TestSupport
import Testing

@Suite(.needsDebian, .serialized)
struct DebianReproducibilityTests {
    @Test("Of a real system only what one package makes otherwise each time differs, and the package is named")
    func culprit() throws {
        let debian = try DebianProject(user: TestUser.available.last ?? .root)
        let configuration = "\(debian.project)/mkosi.conf"
        let list = "Packages=\(DebianProject.packages.joined(separator: ","))"
        let text = try Files.readText(configuration)
        try Files.write(
            text.replacing(list, with: "Packages=apt,stamp\nPackageDirectories=debs").utf8,
            to: configuration
        )
        try debian.directory.write(
            "Package: stamp\nVersion: 1\nArchitecture: all\nMaintainer: nobody <nobody@example.com>\nDescription: x\n",
            to: "stamp/DEBIAN/control"
        )
        try debian.directory.write(
            "#!/bin/sh\ndate +%s >/var/lib/stamp\necho \"$$-$(date +%N)\" >>/usr/lib/stamp/list\n",
            to: "stamp/DEBIAN/postinst",
            mode: 0o755
        )
        try debian.directory.write("from the package\n", to: "stamp/lib/stamp/list")
        try debian.directory.makeDirectory("project/debs")
        try runChecked([
            "dpkg-deb", "--root-owner-group", "--build", debian.directory("stamp"), "\(debian.project)/debs/stamp.deb",
        ])
        let result = try debian.mkosi(["--check-reproducible", "--json"], limit: 600)
        #expect(result.status == .exited(1), "\(result)")
        let images = try JSON.parse(result.outputBytes)["Images"]?.array ?? []
        let findings = images.flatMap { $0["Findings"]?.array ?? [] }
        #expect(findings.map { $0["Path"]?.string } == ["usr/lib/stamp/list", "var/lib/stamp"], "\(findings)")
        for finding in findings {
            #expect(finding["Culprit"]?["Packages"] == .array(["stamp"]), "\(finding)")
        }
    }
}

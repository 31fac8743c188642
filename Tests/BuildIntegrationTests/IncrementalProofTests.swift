import Execution
import FoundationEssentials
import PluginWire
import Support
import TestSupport
import Testing

/// `--prove`: what is kept against a build from nothing.
@Suite(.enabled(if: Stage.exists), .serialized)
struct IncrementalProofTests {
    @Test("An incremental build is what a build from nothing makes, also after packages were added")
    func same() throws {
        let tiny = try TinyProject(configuration: "Hostname=x\n[Build]\nIncremental=yes\nBuildSources=.")
        try tiny.script("mkosi.build", "echo made >\"$DESTDIR/made\"")
        #expect(try tiny.mkosi().succeeded)
        let bytes = try Files.read("\(tiny.project)/image.tar")
        let result = try tiny.mkosi(["--prove"], limit: 300)
        #expect(result.succeeded, "\(result)")
        #expect(result.errors.contains("is the same in the kept build and the build from nothing"))
        #expect(try Files.read("\(tiny.project)/image.tar") == bytes)

        // Built on top of what is kept, and proved at once.
        let added = try tiny.mkosi(["-f", "--package", "extra", "--prove"], limit: 300)
        #expect(added.succeeded, "\(added)")
        #expect(try tiny.imageList().contains { $0.contains("usr/share/extra") })
        #expect(tiny.workspaces.isEmpty)
    }

    @Test("What a package leaves that was installed on top of a kept image is found with the package")
    func transaction() throws {
        let tiny = try TinyProject(configuration: "[Build]\nIncremental=yes")
        #expect(try tiny.mkosi().succeeded)
        try tiny.folder.write("[Content]\nPackages=extra\n", to: "project/mkosi.conf.d/more.conf")
        try tiny.giveToUser()
        let added = try tiny.mkosi(["-f", "--prove"], limit: 300)
        #expect(added.succeeded, "\(added)")
        // The layer of the transaction is the only one that has the file.
        let layers = "\(tiny.folder("home"))/.cache/mkosi/layers"
        try runChecked([
            "sh", "-euc", "set -- \"$1\"/*/tree/usr/share/extra; [ $# = 1 ]; echo changed >\"$1\"", "sh", layers,
        ])
        try runChecked(["rm", "\(tiny.project)/image.tar"])
        let result = try tiny.mkosi(["--prove"], limit: 300)
        #expect(result.status == .exited(1), "\(result)")
        #expect(result.output.contains("image.tar: /usr/share/extra: other content from byte 0 on"), "\(result)")
        #expect(result.output.contains("made by the package extra\n"), "\(result)")
    }

    @Test("What makes the image otherwise than it was is named, and nothing is replaced")
    func different() throws {
        let tiny = try TinyProject(configuration: "[Build]\nIncremental=yes")
        try tiny.script("mkosi.postinst", "date +%s%N >\"$BUILDROOT/etc/stamp\"")
        #expect(try tiny.mkosi().succeeded)
        let bytes = try Files.read("\(tiny.project)/image.tar")
        let result = try tiny.mkosi(["--prove"], limit: 300)
        #expect(result.status == .exited(1), "\(result)")
        #expect(result.output.contains("image.tar: /etc/stamp: other content from byte"), "\(result)")
        #expect(result.output.contains("made by the script \(tiny.project)/mkosi.postinst"), "\(result)")
        #expect(result.errors.contains("is not the same in the kept build and the build from nothing: one difference"))
        #expect(try Files.read("\(tiny.project)/image.tar") == bytes)
    }

    @Test("A layer that is not what its packages are is found, with the package")
    func damagedLayer() throws {
        let tiny = try TinyProject(configuration: "[Build]\nIncremental=yes")
        #expect(try tiny.mkosi().succeeded)
        let layers = "\(tiny.folder("home"))/.cache/mkosi/layers"
        try runChecked([
            "sh", "-c", "for file in \"$1\"/*/tree/usr/bin/hello; do echo changed >\"$file\"; done", "sh", layers,
        ])
        // Where the output is gone, the tree that is kept is packed once more.
        try runChecked(["rm", "\(tiny.project)/image.tar"])
        #expect(try tiny.mkosi().succeeded)
        let result = try tiny.mkosi(["--prove", "--json"], limit: 300)
        #expect(result.status == .exited(1), "\(result)")
        let images = try JSON.parse(Data(result.outputBytes))["Images"]?.array ?? []
        let finding = try #require(images.first?["Findings"]?.array?.first { $0["Path"] == "usr/bin/hello" })
        #expect(finding["Culprit"]?["Step"] == "packages", "\(finding)")
        #expect(finding["Culprit"]?["Packages"] == .array(["hello"]), "\(finding)")
    }
}

import Execution
import JSON
import PluginWire
import Support
import System
import TestSupport
import Testing

/// `--prove`: what is kept against a build from nothing.
@Suite(.serialized)
struct IncrementalProofTests {
    @Test("An incremental build is what a build from nothing makes, also after packages were added")
    func same() throws {
        let tiny = try TinyProject(configuration: "Hostname=x\n[Build]\nIncremental=yes\nBuildSources=.")
        try tiny.script("mkosi.build", "echo made >\"$DESTDIR/made\"")
        #expect(try tiny.mkosi().succeeded)
        let bytes = try Files.read("\(tiny.project)/image.tar")
        let result = try tiny.mkosi(["--prove"], limit: 300)
        #expect(result.succeeded, "\(result)")
        #expect(result.errors.contains("is identical in the kept build and the build from scratch"))
        #expect(try Files.read("\(tiny.project)/image.tar") == bytes)

        // Built on top of what is kept, and proved at once.
        let added = try tiny.mkosi(["-f", "--package", "extra", "--prove"], limit: 300)
        #expect(added.succeeded, "\(added)")
        #expect(try tiny.imageList().contains { $0.contains("usr/share/extra") })
        #expect(tiny.workspaces.isEmpty)
    }

    /// A plugin whose installation writes something else into a file each time.
    private func pluginPath(changing file: String, in tiny: TinyProject) throws -> String {
        let directory = try tiny.directory.makeDirectory("plugins/tiny")
        let original = "\(Stage.packageRoot)/Examples/plugins/python"
        try runChecked(["cp", "\(original)/plugin.json", "\(original)/tiny.py", directory])
        let program = try Files.readText("\(directory)/tiny.py")
        let unpacking = #"'tar -x --numeric-owner -f "$2" -C "$1"'"#
        #expect(program.contains(unpacking))
        let change = #"; [ ! -e "$1/\#(file)" ] || date +%N >"$1/\#(file)"'"#
        try tiny.directory.write(
            program.replacing(unpacking, with: unpacking.dropLast() + change),
            to: "plugins/tiny/tiny.py",
            mode: 0o755
        )
        return "\(tiny.directory("plugins")):\(try TinyProject.pluginPath)"
    }

    private func prove(_ tiny: TinyProject, _ path: String, _ arguments: [String]) throws -> RunResult {
        try run(
            [Stage.mkosi] + arguments,
            environment: tiny.environment(pluginPath: path),
            in: tiny.project,
            limit: 300
        )
    }

    @Test("What a package leaves that was installed on top of a kept image is found with the package")
    func transaction() throws {
        let tiny = try TinyProject(configuration: "[Build]\nIncremental=yes")
        let path = try pluginPath(changing: "usr/share/extra", in: tiny)
        #expect(try prove(tiny, path, []).succeeded)
        try tiny.directory.write("[Content]\nPackages=extra\n", to: "project/mkosi.conf.d/more.conf")
        #expect(try prove(tiny, path, ["-f"]).succeeded)
        let result = try prove(tiny, path, ["--prove"])
        #expect(result.status == .exited(1), "\(result)")
        #expect(result.output.contains("image.tar: /usr/share/extra: content differs from byte "), "\(result)")
        #expect(result.output.contains("caused by the package extra\n"), "\(result)")
    }

    @Test("What makes the image otherwise than it was is named, and nothing is replaced")
    func different() throws {
        let tiny = try TinyProject(configuration: "[Build]\nIncremental=yes")
        try tiny.script("mkosi.postinst", "date +%s%N >\"$BUILDROOT/etc/stamp\"")
        #expect(try tiny.mkosi().succeeded)
        let bytes = try Files.read("\(tiny.project)/image.tar")
        let result = try tiny.mkosi(["--prove"], limit: 300)
        #expect(result.status == .exited(1), "\(result)")
        #expect(result.output.contains("image.tar: /etc/stamp: content differs from byte"), "\(result)")
        #expect(result.output.contains("caused by the script \(tiny.project)/mkosi.postinst"), "\(result)")
        #expect(result.errors.contains("differs in the kept build and the build from scratch: one difference"))
        #expect(try Files.read("\(tiny.project)/image.tar") == bytes)
    }

    @Test("A package whose installation is another one each time is found")
    func differentInstallation() throws {
        let tiny = try TinyProject(configuration: "[Build]\nIncremental=yes")
        let path = try pluginPath(changing: "usr/bin/hello", in: tiny)
        #expect(try prove(tiny, path, []).succeeded)
        let result = try prove(tiny, path, ["--prove", "--json"])
        #expect(result.status == .exited(1), "\(result)")
        let images = try JSON.parse(result.outputBytes)["Images"]?.array ?? []
        let finding = try #require(images.first?["Findings"]?.array?.first { $0["Path"] == "usr/bin/hello" })
        #expect(finding["Culprit"]?["Step"] == "packages", "\(finding)")
        #expect(finding["Culprit"]?["Packages"] == .array(["hello"]), "\(finding)")
    }
}

import Execution
import JSON
import PluginWire
import Support
import System
import TestSupport
import Testing

/// Builds that are compared with another one, and whom they hold responsible.
@Suite(.serialized)
struct ReproducibilityCheckTests {
    /// The findings of a check that finds some, by the path that they are about.
    private func findings(_ tiny: TinyProject, _ option: String = "--check-reproducible") throws -> [String: JSON] {
        let result = try tiny.mkosi([option, "--json"], limit: 300)
        #expect(result.status == .exited(1), "\(result)")
        let images = try JSON.parse(result.outputBytes)["Images"]?.array ?? []
        var findings: [String: JSON] = [:]
        for finding in images.flatMap({ $0["Findings"]?.array ?? [] }) {
            let path = finding["Path"]?.string ?? ""
            findings[path.isEmpty ? finding["Output"]?.string ?? "" : path] = finding
        }
        #expect(tiny.workspaces.isEmpty)
        return findings
    }

    /// Checks what a finding says.
    private func expect(
        _ finding: JSON?,
        _ kind: String,
        script: String,
        of tiny: TinyProject,
        hint: String? = nil,
        location: SourceLocation = #_sourceLocation
    ) {
        #expect(finding?["Kind"]?.string == kind, "\(finding.debugDescription)", sourceLocation: location)
        #expect(
            finding?["Culprit"]?["Scripts"] == .array([.string("\(tiny.project)/\(script)")]),
            "\(finding.debugDescription)",
            sourceLocation: location
        )
        guard let hint else { return }
        let hints = finding?["Hints"]?.array?.compactMap { $0["Kind"]?.string } ?? []
        #expect(hints == [hint], "\(finding.debugDescription)", sourceLocation: location)
    }

    @Test("What is wrong with the configuration is said once")
    func warnings() throws {
        let tiny = try TinyProject(configuration: "[Build]\nChecksum=yes")
        let result = try tiny.mkosi(["--check-reproducible"], limit: 300)
        let warnings = result.errors.split(separator: "\n").count { $0.contains("Checksum= belongs in section") }
        #expect(result.succeeded && warnings == 1, "\(result)")
    }

    @Test(
        "A project without culprits is the same, whoever builds it",
        arguments: TestUser.sample(0)
    )
    func clean(user: TestUser) throws {
        let tiny = try TinyProject(
            user: user,
            configuration: "Hostname=x\n[Output]\nManifestFormat=json\nChecksum=yes\n[Build]\nBuildSources=."
        )
        try tiny.script("mkosi.prepare", "echo \"$1\" >\"$BUILDROOT/prepared-$1\"")
        try tiny.script("mkosi.build", "LC_ALL=C ls \"$SRCDIR\" >\"$DESTDIR/list\"; pwd | grep -q work")
        try tiny.script("mkosi.postinst", "cd \"$SRCDIR\"; cp mkosi.conf \"$BUILDROOT/etc\"; nproc; whoami; hostname")
        try tiny.script("mkosi.finalize", "touch \"$BUILDROOT/new\"; echo x >\"$OUTPUTDIR/more\"")
        let result = try tiny.mkosi(["--check-reproducible"], limit: 300)
        #expect(result.succeeded, "\(result)")
        #expect(result.errors.contains("is identical in the first build and the second build"))
        #expect(result.output == "")
        // The first of both results took its place; with it there, a check leaves it alone.
        #expect(tiny.outputs.contains("image.tar"))
        #expect(tiny.workspaces.isEmpty)
        let before = try Files.read("\(tiny.project)/image.tar")
        try tiny.script("mkosi.finalize", "touch \"$BUILDROOT/newer\"")
        let again = try tiny.mkosi(["--check-reproducible"], limit: 300)
        #expect(again.succeeded, "\(again)")
        #expect(try Files.read("\(tiny.project)/image.tar") == before)
    }

    @Test("A time stamp that a postinst script writes is found", arguments: ["date +%s"])
    func timeStamp(command: String) throws {
        let tiny = try TinyProject()
        try tiny.script("mkosi.postinst", "echo \"built at $(\(command))\" >\"$BUILDROOT/etc/stamp\"")
        let found = try findings(tiny)
        #expect(Set(found.keys) == ["etc/stamp"])
        expect(found["etc/stamp"], "content", script: "mkosi.postinst", of: tiny, hint: "time")
    }

    @Test("A random file name is found")
    func randomName() throws {
        let tiny = try TinyProject()
        try tiny.script("mkosi.finalize", "mktemp \"$BUILDROOT/etc/state.XXXXXXXX\"")
        let found = try findings(tiny)
        #expect(found.count == 2)
        #expect(Set(found.values.map { $0["Kind"]?.string }) == ["only-first", "only-second"])
        for finding in found.values {
            expect(finding, finding["Kind"]?.string ?? "", script: "mkosi.finalize", of: tiny, hint: "name")
        }
    }

    @Test(
        "An archive in the order in which a directory was read is found",
        arguments: Soak.sample(["tar", "directory"], every: 2)
    )
    func unsortedArchive(format: String) throws {
        let tiny = try TinyProject(format: format)
        let pack = "tar -cf \"$BUILDROOT/etc/pack.tar\" --owner=0 --group=0 --mtime=@0 files"
        try tiny.script("mkosi.postinst", "cd /tmp; mkdir files; touch files/a files/b files/c files/d; \(pack)")
        let found = try findings(tiny)
        #expect(Set(found.keys) == ["etc/pack.tar"])
        expect(found["etc/pack.tar"], "order", script: "mkosi.postinst", of: tiny, hint: "order")
    }

    @Test("A list sorted by the rules of a locale is found", .inSoak)
    func locale() throws {
        let tiny = try TinyProject()
        try tiny.script("mkosi.postinst", "printf 'b\\nB\\na\\nA\\n' | sort >\"$BUILDROOT/etc/sorted\"")
        let found = try findings(tiny)
        #expect(Set(found.keys) == ["etc/sorted"])
        expect(found["etc/sorted"], "content", script: "mkosi.postinst", of: tiny, hint: "order")
    }

    @Test("The place of the sources in a binary is found")
    func buildPath() throws {
        let tiny = try TinyProject(configuration: "[Build]\nBuildSources=.")
        try tiny.directory.write("int main(void) { return sizeof __FILE__ > 9; }\n", to: "project/hello.c")
        try tiny.script("mkosi.build", "gcc -g -o \"$DESTDIR/hello\" \"$SRCDIR/hello.c\"")
        let found = try findings(tiny)
        #expect(Set(found.keys) == ["hello"])
        expect(found["hello"], "content", script: "mkosi.build", of: tiny, hint: "place")
        #expect(found["hello"]?["First"]?.string?.hasPrefix("/work/src") == true)
    }

    @Test("One of several scripts, a script's own output, the owner and the mode of a file are named")
    func others() throws {
        let tiny = try TinyProject(configuration: "PostInstallationScripts=one,two")
        try tiny.script("one", "touch \"$BUILDROOT/etc/first\"; chmod 600 \"$BUILDROOT/etc/first\"")
        try tiny.script(
            "two",
            """
            [ -z "${TZ:-}" ] || chmod 644 "$BUILDROOT/etc/first"
            mkdir "$BUILDROOT/etc/$(nproc)"
            date +%N >"$OUTPUTDIR/extra.txt"
            ln -s "$(hostname)" "$BUILDROOT/etc/name"
            """
        )
        let found = try findings(tiny)
        expect(found["etc/first"], "mode", script: "two", of: tiny)
        expect(found["extra.txt"], "content", script: "two", of: tiny)
        expect(found["etc/name"], "target", script: "two", of: tiny)
    }

    @Test("A package that build scripts make otherwise each time is named")
    func package() throws {
        let tiny = try TinyProject(configuration: "VolatilePackages=late\n[Build]\nBuildSources=.")
        try runChecked(["cp", TinyProject.fixture("tiny-package.py"), "\(tiny.project)/package.py"])
        try tiny.script(
            "mkosi.build",
            #"sed 's/"late.n"/str(__import__("time").time_ns())/' "$SRCDIR/package.py" | python3 - "$PACKAGEDIR""#
        )
        let finding = try #require(try findings(tiny)["usr/share/late"])
        #expect(finding["Culprit"]?["Kind"]?.string == "packages", "\(finding)")
        #expect(finding["Culprit"]?["Packages"] == .array(["late"]), "\(finding)")
    }

    @Test("Of an output that shows no tree the files of the tree are named", .inSoak)
    func opaqueOutput() throws {
        let tiny = try TinyProject(format: "self-extracting")
        try tiny.script("mkosi.postinst", "date +%s%N >\"$BUILDROOT/etc/stamp\"")
        let path = "\(Stage.packageRoot)/Examples/plugins/shell:\(try TinyProject.pluginPath)"
        let result = try run(
            [Stage.mkosi, "--check-reproducible"],
            environment: tiny.environment(pluginPath: path),
            in: tiny.project,
            limit: 300
        )
        #expect(result.status == .exited(1), "\(result)")
        #expect(result.output.hasPrefix("image.run: /etc/stamp: other content\n"), "\(result)")
        #expect(result.output.contains("caused by the script \(tiny.project)/mkosi.postinst"), "\(result)")
    }

    @Test("A format that packs the same tree in two ways is named")
    func format() throws {
        let tiny = try TinyProject(format: "self-extracting")
        let plugins = tiny.directory("plugins")
        try runChecked(["cp", "-rL", "\(Stage.packageRoot)/Examples/plugins/shell", plugins])
        let script = "\(plugins)/self-extracting.sh"
        let text = try Files.readText(script)
        let changed = text.replacing("# Unpacks a tree:", with: "# Unpacks a tree of $(date +%N):")
        #expect(changed != text)
        try Files.write(changed.utf8, to: script, mode: 0o755)
        let result = try run(
            [Stage.mkosi, "--check-reproducible"],
            environment: tiny.environment(pluginPath: "\(plugins):\(TinyProject.pluginPath)"),
            in: tiny.project,
            limit: 300
        )
        #expect(result.status == .exited(1), "\(result)")
        #expect(result.output.hasPrefix("image.run: content differs from byte"), "\(result)")
        #expect(result.output.contains("caused by the output format self-extracting"), "\(result)")
    }

    @Test("Images that depend on each other are compared one by one")
    func subimages() throws {
        let tiny = try TinyProject(
            configuration: """
                ExtraTrees=part,out/part/usr:/copy
                [Output]
                OutputDirectory=out
                [Config]
                Dependencies=part
                """
        )
        try tiny.directory.write(
            "[Output]\nFormat=directory\n[Content]\nPackages=extra",
            to: "project/mkosi.images/part/mkosi.conf"
        )
        try tiny.script("mkosi.images/part/mkosi.finalize", "date +%s%N >\"$BUILDROOT/part\"")
        let result = try tiny.mkosi(["--check-reproducible"], limit: 300)
        #expect(result.status == .exited(1), "\(result)")
        let script = "\(tiny.project)/mkosi.images/part/mkosi.finalize"
        let culprits = result.output.matches(
            of: /^(image.tar|part): \/part: .*\n.*\n.*\n    caused by (.*)\n/.anchorsMatchLineEndings()
        )
        #expect(culprits.map { String($0.output.2) } == ["the script \(script)", "the step \"Copying extra trees\""])
    }

    @Test("A check that is killed, in either build, leaves nothing", arguments: Soak.sample([2, 1], every: 2))
    func killed(build: Int) throws {
        let tiny = try TinyProject()
        // Only scripts of the second build find a time zone.
        try tiny.script("mkosi.postinst", "[ \"${TZ:+2}\" != \(build == 2 ? "2" : "") ] || sleep 1000")
        let script = "\"$1\" --check-reproducible & sleep 5; kill -9 $!; wait $! || true; sleep 2"
        let result = try run(
            ["sh", "-c", script, "sh", Stage.mkosi],
            environment: tiny.environment(),
            in: tiny.project
        )
        #expect(!tiny.outputs.contains("image.tar"))
        #expect(tiny.workspaces.isEmpty, "\(result)")
    }

    @Test("A second build that fails says what may be the reason")
    func failing() throws {
        let tiny = try TinyProject(configuration: "[Build]\nBuildSources=.")
        try tiny.script("mkosi.build", "cat /work/src/mkosi.conf >/dev/null")
        let result = try tiny.mkosi(["--check-reproducible"], limit: 300)
        #expect(result.status == .exited(1))
        #expect(result.errors.contains("The second build failed"), "\(result)")
        #expect(result.errors.contains("$SRCDIR"))
        #expect(tiny.workspaces.isEmpty)
    }
}

import Support
import System
import TestSupport
import Testing

/// Packages that lead out of the image, that leave processes behind, and that dpkg installs only with care.
@Suite(.needsDebian, .serialized)
struct HostilePackageTests {
    /// Makes a package of the tree `packages/NAME` at a path of the project.
    private static func make(
        _ name: String,
        _ debian: DebianProject,
        fields: String = "",
        at path: String? = nil
    ) throws {
        try debian.directory.write(
            "Package: \(name)\nVersion: 1\nArchitecture: all\nMaintainer: N <n@example.org>\n\(fields)Description: x\n",
            to: "packages/\(name)/DEBIAN/control"
        )
        try debian.directory.makeDirectory("project/mkosi.packages")
        try runChecked([
            "dpkg-deb", "--root-owner-group", "--build", debian.directory("packages/\(name)"),
            "\(debian.project)/\(path ?? "mkosi.packages/\(name).deb")",
        ])
    }

    private static func packages(_ names: String, of debian: DebianProject) throws {
        let text = try Files.readText("\(debian.project)/mkosi.conf")
        let list = "Packages=\(DebianProject.packages.joined(separator: ","))"
        try debian.directory.write(text.replacing(list, with: "Packages=\(names)"), to: "project/mkosi.conf")
    }

    @Test("A link of one package and a directory of another meet, a background process is ended, a helper stays inside")
    func packages() throws {
        let debian = try DebianProject()
        try Self.packages("linkuser,evil,escape", of: debian)
        let escapes = try ScriptEscapes()
        try debian.directory.write(escapes.program, to: "packages/escape/\(ScriptEscapes.path)", mode: 0o755)
        try debian.directory.write("#!/bin/sh\n\(escapes.script)", to: "packages/escape/DEBIAN/postinst", mode: 0o755)
        try Self.make("escape", debian)
        // One package has a link where another, which depends on it, has a directory.
        try debian.directory.makeDirectory("packages/linker/opt")
        try runChecked(["ln", "-s", "../usr/lib", debian.directory("packages/linker/opt/d")])
        try Self.make("linker", debian)
        try debian.directory.write("y", to: "packages/linkuser/opt/d/y")
        try Self.make("linkuser", debian, fields: "Depends: linker\n")
        // A script that leaves the tree and looks for what mkosi has next to it, and ends, but not its processes.
        let script = """
            #!/bin/sh
            perl -e 'mkdir "/cage"; chroot "/cage"; chdir ".." for 1..64; chroot "."; exec "/bin/sh", "-c", $ARGV[0]' '
                echo left
                cd $(find / -xdev -name "mkosi-workspace-*" 2>/dev/null) && ls -A . scratch' >/seen
            sleep 977 &
            setsid sleep 978 &
            exit 0

            """
        try debian.directory.write(script, to: "packages/evil/DEBIAN/postinst", mode: 0o755)
        try Self.make("evil", debian)
        // A package that a script of the project installs where a link of the image leads out of it.
        try debian.directory.write("evil", to: "packages/payload/opt/out/evil")
        try Self.make("payload", debian, at: "payload.deb")
        try debian.directory.makeDirectory("project/victim")
        try debian.directory.write(
            """
            #!/bin/sh
            mkdir -p "$BUILDROOT/opt"
            ln -s "$SRCDIR/victim" "$BUILDROOT/opt/out"
            dpkg -i "$SRCDIR/payload.deb" || true
            """,
            to: "project/mkosi.postinst",
            mode: 0o755
        )
        let result = try debian.mkosi(["--build-sources-ephemeral=no"], limit: 240)
        #expect(result.succeeded, "\(result)")
        // Its own tree, the copies of packages and the pipe of the tool that runs it.
        let seen = try runChecked(["tar", "-xOf", "\(debian.project)/image.tar", "seen"]).outputLines
        let known = ["root", "scratch", "fetched-packages"]
        #expect(seen.first == "left", "the script did not get out of the tree")
        #expect(
            seen.dropFirst().allSatisfy {
                $0.isEmpty || $0.hasSuffix(":") || known.contains($0) || $0.hasPrefix("install-")
            },
            "\(seen)"
        )
        let name = String(ScriptEscapes.outcomes.dropFirst())
        let outcomes = try runChecked(["tar", "-xOf", "\(debian.project)/image.tar", name]).output
        #expect(try escapes.findings(outcomes, user: debian.user) == [])
        let list = try runChecked(["tar", "-tf", "\(debian.project)/image.tar"]).outputLines
        #expect(list.contains { $0.hasSuffix("usr/lib/y") }, "the link is where packages have a directory")
        #expect(try Files.list("\(debian.project)/victim") == [], "a package was installed outside of the image")
        #expect(try run(["pgrep", "-f", "^sleep 97[78]$"], environment: plainEnvironment).outputLines == [])
    }

    @Test("More packages than a process may have descriptors are installed", .inSoak)
    func manyPackages() throws {
        let debian = try DebianProject()
        let count = 1100
        try Self.packages((1...count).map { "many\($0)" }.joined(separator: ","), of: debian)
        try debian.directory.makeDirectory("project/mkosi.packages")
        let script = """
            for number in $(seq "$1"); do
                mkdir -p many/DEBIAN many/usr/lib/many
                printf 'Package: many%s\\nVersion: 1\\nArchitecture: all\\nMaintainer: N <n@example.org>\\nDescription: x\\n' \
                    "$number" >many/DEBIAN/control
                dpkg-deb --root-owner-group --build -Znone many "mkosi.packages/many$number.deb" >/dev/null
            done
            """
        try runChecked(["sh", "-euc", script, "sh", "\(count)"], in: debian.project, limit: 300)
        let result = try run(
            ["sh", "-c", #"ulimit -Sn 1024; exec "$@""#, "sh", try Stage.mkosi],
            environment: debian.environment(),
            in: debian.project,
            limit: 900
        )
        #expect(result.succeeded, "\(result)")
        let status = try runChecked(["tar", "-xOf", "\(debian.project)/image.tar", "var/lib/dpkg/status"]).output
        #expect(status.matches(of: /(?m)^Package: many[0-9]+$/).count == count)
    }
}

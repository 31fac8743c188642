import Configuration
import Glibc
import PluginWire
import Support
import System
import TestSupport
import Testing

@testable import Builder

/// Outputs of a project in a directory of the user.
@Suite struct OutputPlacementTests {
    private let temporary: TemporaryDirectory

    init() throws { temporary = try TemporaryDirectory() }

    private func placement() throws -> OutputPlacement {
        let text = "[Output]\nOutput=image\nOutputDirectory=../home\n"
        try temporary.write(text, to: "project/mkosi.conf")
        let facts = PluginFacts(manifests: [])
        let host = HostFacts(
            osRelease: OSRelease(id: "acme", version: "7"),
            architecture: "x86-64",
            environment: [:],
            currentDirectory: temporary("project"),
            randomUUID: "11111111-2222-4333-8444-555555555555",
            readOutput: { _ in "" },
            systemdVersion: { nil }
        )
        let loaded = try ConfigurationRequest(directory: temporary("project"), options: [])
            .load(registry: Registry(catalogue: facts), catalogue: facts, host: host)
        let image = try #require(loaded.images.last)
        return OutputPlacement(
            image: image,
            variables: ["HOME": temporary("home"), "XDG_CACHE_HOME": temporary("cache")]
        )
    }

    @Test("All files that a build might replace are named before it, parts of the image among them")
    func conflicts() throws {
        for name in ["image", "image.manifest", "image.root.raw", "image.vmlinuz", "other.raw"] {
            try temporary.write("", to: "home/\(name)")
        }
        let placement = try placement()
        for force in [true, false] {
            let failure = #expect(throws: Failure.self) { try placement.prepare(force: force, splits: true) }
            let message = failure?.message ?? ""
            #expect(message.contains("image.root.raw, image.vmlinuz in \(temporary("home"))"), "\(message)")
            #expect(message.contains("made them") && !message.contains("other.raw"), "\(message)")
            #expect(message.contains("project/mkosi.conf:3:"), "\(message)")
            #expect(
                failure?.hint?.hasSuffix("--output-directory=\(temporary("home"))") == true,
                "\(failure?.hint ?? "")"
            )
        }
        // A format that writes no parts does not replace these.
        try runChecked(["rm", temporary("home/image.manifest"), temporary("home/image")])
        try placement.prepare(force: true, splits: false)
    }

    @Test("The directory in which outputs wait is the one that was made, whatever takes its name")
    func replacedPassing() throws {
        try temporary.makeDirectory("victim")
        try temporary.makeDirectory("home")
        let path = temporary("home/.mkosi-1-image")
        let passing = try OutputPlacement.makePassing(path)
        #expect(rename(path, temporary("home/moved")) == 0)
        #expect(symlink(temporary("victim"), path) == 0)
        try temporary.write("output", to: "new")
        #expect(rename(temporary("new"), "/proc/self/fd/\(passing.number)/0") == 0)
        #expect(try Files.list(temporary("victim")) == [])
        #expect(try Files.list(temporary("home/moved")) == ["0"])
        // Nor is what has the name already.
        #expect(throws: Failure.self) { _ = try OutputPlacement.makePassing(path) }
        withExtendedLifetime(passing.number) {}
    }

    @Test("Outputs are files, directories with whatever is in them, or links with the name of one of those")
    func kinds() throws {
        try temporary.write("", to: "staging/image.raw")
        try temporary.makeDirectory("staging/tree")
        let staging = temporary("staging")
        symlink("/etc/passwd", temporary("staging/tree/link"))
        symlink("image.raw", temporary("staging/image"))
        symlink("tree", temporary("staging/latest"))
        symlink("earlier.raw", temporary("staging/again"))
        func check(_ names: String..., known: [String] = []) throws {
            try OutputKind.check(names.compactMap { FileName($0) }, in: staging, besides: known)
        }
        try check("image.raw", "tree", "image", "latest", "missing")
        try check("again", known: ["earlier.raw"])
        #expect(throws: Failure.self) { try check("again") }
        // What is next to it has to be an output, too, and no further link.
        #expect(throws: Failure.self) { try check("image", "tree") }
        symlink("image", temporary("staging/second"))
        #expect(throws: Failure.self) { try check("image.raw", "image", "second", known: ["image"]) }
        for target in ["/etc/passwd", "../staging/image.raw", "./image.raw", "tree/", "."] {
            unlink(temporary("staging/odd"))
            symlink(target, temporary("staging/odd"))
            let failure = #expect(throws: Failure.self) { try check("image.raw", "tree", "odd") }
            #expect(failure?.message.contains("odd is a link to \(target), ") == true, "\(failure?.message ?? "")")
        }
        mkfifo(temporary("staging/pipe"), 0o600)
        #expect(throws: Failure.self) { try check("pipe") }
    }
}

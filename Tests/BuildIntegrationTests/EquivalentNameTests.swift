import Support
import System
import TestSupport
import Testing

/// Names that differ only in Unicode normalisation are names of different files, variables and images.
@Suite(.serialized)
struct EquivalentNameTests {
    /// é as one scalar, and as e with an accent.
    private static let names = ["\u{e9}", "e\u{301}"]
    private static let composed = names[0]
    private static let decomposed = names[1]

    private static func count(_ text: String, in bytes: String) -> Int {
        let (all, wanted) = (Array(bytes.utf8), Array(text.utf8))
        guard all.count >= wanted.count else { return 0 }
        return (0...(all.count - wanted.count)).count { all[$0...].starts(with: wanted) }
    }

    @Test(
        "Two variables, credentials, drop-in files, files of trees and removed files are two of each",
        arguments: [false, true]
    )
    func pairs(incremental: Bool) throws {
        let tiny = try TinyProject(format: "directory")
        var settings = ""
        for (index, name) in Self.names.enumerated() {
            settings += "[Build]\nEnvironment=V\(name)=\(index)\n[Runtime]\nCredentials=C\(name)=\(index)\n"
        }
        try tiny.directory.write(settings, to: "project/mkosi.conf.d/pairs.conf")
        for (index, name) in Self.names.enumerated() {
            try tiny.directory.write("[Build]\nEnvironment=FROM\(index)=1\n", to: "project/mkosi.conf.d/\(name).conf")
            try tiny.directory.write("\(index)\n", to: "project/mkosi.extra/\(name)")
            try tiny.directory.write("\(index)\n", to: "project/mkosi.extra/gone-\(name)")
            // As a character, a slash with an accent behind it is no slash.
            try tiny.directory.write("\(index)\n", to: "project/mkosi.extra/deep\(index)/\u{301}")
        }
        try tiny.directory.write(
            "[Content]\nRemoveFiles=/gone-\(Self.decomposed)\n        /deep1/\u{301}\n",
            to: "project/mkosi.conf.d/remove.conf"
        )
        try tiny.script(
            "mkosi.postinst",
            """
            tr '\\0' '\\n' </proc/$$/environ >$SRCDIR/environ
            cp $MKOSI_CONFIG $SRCDIR/config
            """
        )
        let result = try tiny.mkosi(incremental ? ["-i", "build"] : ["build"])
        #expect(result.succeeded, "\(result)")
        let environment = try tiny.projectFile("environ").lines.map(String.init)
        let configuration = try tiny.projectFile("config")
        for (index, name) in Self.names.enumerated() {
            #expect(environment.contains { Array($0.utf8) == Array("V\(name)=\(index)".utf8) }, "\(environment)")
            #expect(environment.contains("FROM\(index)=1"), "\(environment)")
            #expect(Self.count("\"V\(name)\": \"\(index)\"", in: configuration) == 1, "\(configuration)")
            #expect(Self.count("\"C\(name)\"", in: configuration) == 1, "\(configuration)")
            #expect(try tiny.projectFile("image/\(name)") == "\(index)\n")
        }
        #expect(Files.exists(tiny.project + "/image/gone-\(Self.composed)"))
        #expect(!Files.exists(tiny.project + "/image/gone-\(Self.decomposed)"))
        #expect(Files.exists(tiny.project + "/image/deep0/\u{301}"))
        #expect(!Files.exists(tiny.project + "/image/deep1/\u{301}"))
    }

    @Test("Of two profiles the chosen one is read, and conditions hold for that one only")
    func profiles() throws {
        let tiny = try TinyProject(format: "directory")
        for (index, name) in Self.names.enumerated() {
            try tiny.directory.write(
                "[Content]\nExtraTrees=p\(index):/p\(index)\n",
                to: "project/mkosi.profiles/\(name).conf"
            )
            try tiny.directory.write(
                "[Match]\nProfiles=\(name)\n[Content]\nExtraTrees=p\(index):/c\(index)\n",
                to: "project/mkosi.conf.d/\(index).conf"
            )
            try tiny.directory.write("", to: "project/p\(index)/file")
        }
        let result = try tiny.mkosi(["--profile=\(Self.decomposed)"])
        #expect(result.succeeded && !result.errors.contains("there is no profile"), "\(result)")
        let found = ["p0", "c0", "p1", "c1"].filter { Files.exists("\(tiny.project)/image/\($0)") }
        #expect(found == ["p1", "c1"])
        let unknown = try tiny.mkosi(["-f", "--profile=\(Self.decomposed)\u{302}"])
        #expect(unknown.errors.contains("there is no profile"), "\(unknown)")
    }

    @Test("Two images are built, each after its own dependency, and have an output each")
    func images() throws {
        let tiny = try TinyProject(format: "none")
        for (index, name) in Self.names.enumerated() {
            try tiny.directory.write(
                "[Output]\nFormat=directory\n[Content]\nExtraTrees=\(index)\n",
                to: "project/mkosi.images/\(name).conf"
            )
            try tiny.directory.write("", to: "project/\(index)/is-\(index)")
        }
        let result = try tiny.mkosi(["build"])
        #expect(result.succeeded, "\(result)")
        for (index, name) in Self.names.enumerated() {
            #expect(Files.exists(tiny.project + "/\(name)/is-\(index)"), "\(result)")
            #expect(!Files.exists(tiny.project + "/\(name)/is-\(1 - index)"))
        }
    }

    @Test("A script that has read one of two sources runs again when that one changes")
    func sources() throws {
        let tiny = try TinyProject(format: "directory")
        for name in Self.names { try tiny.directory.write("old\n", to: "project/mkosi.extra.d/\(name)") }
        try tiny.script(
            "mkosi.postinst",
            "cat $SRCDIR/mkosi.extra.d/\(Self.composed) $SRCDIR/mkosi.extra.d/\(Self.decomposed) >$BUILDROOT/read"
        )
        #expect(try tiny.mkosi(["-i", "build"]).succeeded)
        #expect(try tiny.projectFile("image/read") == "old\nold\n")
        for (index, name) in Self.names.enumerated() {
            try tiny.directory.write("new\(index)\n", to: "project/mkosi.extra.d/\(name)")
            let result = try tiny.mkosi(["-i", "-f", "build"])
            #expect(result.succeeded, "\(result)")
            #expect(try tiny.projectFile("image/read") == (index == 0 ? "new0\nold\n" : "new0\nnew1\n"), "\(result)")
        }
    }
}

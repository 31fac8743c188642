import Execution
import Support
import System
import TestSupport
import Testing

/// Outputs, and what scripts leave among them, that try to reach what lies outside of the project.
@Suite(.serialized)
struct HostileOutputTests {
    @Test("What a script leaves as an output gives no rights, and names of outputs end no line")
    func scriptOutputs() throws {
        let tiny = try TinyProject(configuration: "[Output]\nChecksum=yes")
        try tiny.script(
            "mkosi.postoutput",
            """
            cd $OUTPUTDIR
            cp /bin/true program; chmod 6755 program
            mkdir directory; chmod 3777 directory
            echo x >'two
            ‣ lines'
            """
        )
        let result = try tiny.mkosi()
        #expect(result.succeeded, "\(result)")
        let modes = try runChecked(["stat", "-c", "%a %n", "program", "directory"], in: tiny.project)
        #expect(modes.outputLines == ["755 program", "755 directory"])
        #expect(!result.errorLines.contains { $0.hasPrefix("‣ lines") }, "\(result)")
        #expect(
            try tiny.projectFile("image.SHA256SUMS").split(separator: "\n").count == 1,
            "digests are of the image alone"
        )
        #expect(try tiny.mkosi(["clean"]).succeeded)
    }

    @Test("A link in the place of the disk that mkosi vm writes to is neither placed nor followed")
    func linkedDisk() throws {
        let tiny = try TinyProject()
        let victim = try tiny.directory.write("precious\n", to: "victim/disk")
        try tiny.script("mkosi.postoutput", "rm $OUTPUTDIR/image.tar; ln -s \(victim) $OUTPUTDIR/image.tar")
        let built = try tiny.mkosi()
        #expect(built.status == .exited(1), "\(built)")
        #expect(built.errors.contains("The output image.tar is a link to \(victim)"), "\(built)")
        try runChecked(["ln", "-s", victim, "\(tiny.project)/image.tar"])
        let started = try tiny.mkosi(["vm"])
        #expect(started.status == .exited(1), "\(started)")
        #expect(started.errors.contains("image.tar is a link, and a virtual machine does not start from"), "\(started)")
        #expect(try Files.readText(victim) == "precious\n")
    }

    @Test("What a script leaves among the outputs leads no later step elsewhere")
    func outputs() throws {
        let tiny = try HostileTreeTests.project("[Output]\nManifestFormat=json\n[Validation]\nChecksum=yes")
        let outside = tiny.directory("outside")
        try tiny.script(
            "mkosi.finalize",
            """
            ln -s \(outside)/secret $OUTPUTDIR/image.manifest
            ln -s \(outside)/secret $OUTPUTDIR/image.SHA256SUMS
            ln -s image.manifest $OUTPUTDIR/other
            """
        )
        let result = try tiny.mkosi()
        #expect(result.succeeded, "\(result)")
        #expect(try HostileTreeTests.isUntouched(tiny))
        #expect(try tiny.projectFile("image.manifest").contains("\"hello\""))
        let sums = try tiny.projectFile("image.SHA256SUMS")
        #expect(sums.contains("*image.tar") && !sums.contains("other"), "\(sums)")
    }

    @Test("Links in the place of outputs are replaced, and what they lead to stays")
    func outputLinks() throws {
        let tiny = try HostileTreeTests.project(
            "[Output]\nOutputDirectory=out\nManifestFormat=json\n[Validation]\nChecksum=yes"
        )
        let outside = tiny.directory("outside")
        try tiny.directory.makeDirectory("project/out")
        for name in ["image.tar", "image.manifest", "image.SHA256SUMS", "image", "image.tar.xz", "image.raw"] {
            let target = name == "image" ? outside : "\(outside)/secret"
            try runChecked(["ln", "-s", target, "\(tiny.project)/out/\(name)"])
        }
        let result = try tiny.mkosi(["-f", "--output-mode=600"])
        #expect(result.succeeded, "\(result)")
        #expect(try HostileTreeTests.isUntouched(tiny))
        #expect(try Files.list("\(tiny.project)/out") == ["image", "image.SHA256SUMS", "image.manifest", "image.tar"])
        for name in ["image.cpio", "image.more"] {
            try runChecked(["ln", "-s", outside, "\(tiny.project)/out/\(name)"])
        }
        #expect(try tiny.mkosi(["-ff", "clean"]).succeeded)
        #expect(try HostileTreeTests.isUntouched(tiny))
        #expect(try Files.list("\(tiny.project)/out").isEmpty)
    }
}

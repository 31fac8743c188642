import Support
import System
import TestSupport
import Testing

@Suite(.needsDebian, .serialized)
struct DebianSubimageTests {
    @Test("Images build on each other: a base, what is laid over it, and the main image of both")
    func outputsOfSubimages() throws {
        let debian = try DebianProject()
        let files = [
            "mkosi.conf": """
            [Distribution]
            Distribution=debian
            [Config]
            Dependencies=shelf
            PassEnvironment=GREETING
            [Output]
            Format=tar
            CompressOutput=none
            OutputDirectory=out
            ImageId=shop
            ImageVersion=7
            [Build]
            Environment=GREETING=hello
            [Content]
            BaseTrees=%O/zero_7
            ExtraTrees=%O/shelf_7
                       %O/zero_7/etc/debian_version:/release
            SourceDateEpoch=1700000000

            """,
            // By name it would come last; only the other one asks for it.
            "mkosi.images/zero/mkosi.conf": "[Output]\nFormat=directory\n[Content]\nCleanPackageMetadata=no\n",
            "mkosi.images/shelf/mkosi.conf": """
            [Config]
            Dependencies=zero
            [Output]
            Format=tar
            CompressOutput=none
            Overlay=yes
            [Content]
            BaseTrees=%O/zero_7

            """,
            "mkosi.images/shelf/mkosi.extra/shelf/food": "bread\n",
            "mkosi.images/shelf/mkosi.postinst": "#!/bin/sh\necho $GREETING $IMAGE_ID >$BUILDROOT/shelf/sign\n",
            "mkosi.images/unasked.conf": "[Output]\nFormat=tar\n",
        ]
        for (name, text) in files {
            try debian.directory.makeDirectory(Paths.parent("project/\(name)") ?? "")
            try debian.directory.write(text, to: "project/\(name)")
        }
        try runChecked(["chmod", "755", "\(debian.project)/mkosi.images/shelf/mkosi.postinst"])

        let result = try debian.mkosi(collectsEvents: true)
        #expect(result.succeeded, "\(result)")
        let out = "\(debian.project)/out"
        #expect(try Files.list(out).sorted() == ["shelf_7", "shelf_7.tar", "shop_7", "shop_7.tar", "zero_7"])
        let images = result.events.filter { $0.kind == "image-started" }.map(\.image)
        #expect(images == ["zero", "shelf", "main"])
        // What is laid over the base holds nothing of it.
        let shelf = try runChecked(["tar", "-tf", "\(out)/shelf_7.tar"]).output
        #expect(shelf.contains("shelf/food") && !shelf.contains("bin/sh"))

        let image = debian.directory("unpacked")
        try debian.directory.makeDirectory("unpacked")
        try runChecked(["tar", "-xf", "\(out)/shop_7.tar", "-C", image])
        #expect(try Files.readText("\(image)/release") == Files.readText("\(out)/zero_7/etc/debian_version"))
        #expect(try Files.readText("\(image)/shelf/food") == "bread\n")
        #expect(try Files.readText("\(image)/shelf/sign") == "hello shop\n")
        #expect(Files.isExecutable("\(image)/usr/bin/dash"))
    }

    @Test("A tree of an image that nothing builds is missed before any image is built")
    func missingOutput() throws {
        let debian = try DebianProject()
        try debian.directory.write(
            "[Distribution]\nDistribution=debian\n[Output]\nFormat=tar\n[Content]\nExtraTrees=%D/out/early\n",
            to: "project/mkosi.conf"
        )
        let result = try debian.mkosi()
        #expect(!result.succeeded)
        #expect(result.errors.contains("ExtraTrees= names \(debian.project)/out/early, which does not exist"))
        #expect(!Files.exists("\(debian.project)/image.tar"))
    }
}

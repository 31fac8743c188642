import Support
import TestSupport
import Testing

@Suite(.enabled(if: DebianProject.isPossible), .serialized)
struct DebianSubimageTests {
    @Test("A subimage is built before the main image, which takes files out of its output")
    func outputOfSubimage() throws {
        let debian = try DebianProject()
        try debian.folder.write(
            """
            [Distribution]
            Distribution=debian
            [Config]
            Dependencies=store
            [Output]
            Format=tar
            CompressOutput=none
            OutputDirectory=out
            ImageId=shop
            ImageVersion=7
            [Content]
            ExtraTrees=%O/store_7/shelf:/shelf
                       %O/store_7/etc/debian_version:/release
            SourceDateEpoch=1700000000

            """,
            to: "project/mkosi.conf"
        )
        for name in ["store/mkosi.extra/shelf", "unasked"] {
            try debian.folder.makeFolder("project/mkosi.images/\(name)")
        }
        try debian.folder.write("[Output]\nFormat=directory\n", to: "project/mkosi.images/store/mkosi.conf")
        try debian.folder.write("bread\n", to: "project/mkosi.images/store/mkosi.extra/shelf/food")
        try debian.folder.write("[Output]\nFormat=tar\n", to: "project/mkosi.images/unasked/mkosi.conf")

        let result = try debian.mkosi()
        #expect(result.succeeded, "\(result)")
        let out = "\(debian.project)/out"
        #expect(try Files.list(out).sorted() == ["shop_7.tar", "store_7"])
        let steps = result.errors.split(separator: "\n").filter { $0.contains("Building the image") }
        #expect(steps.map { $0.split(separator: " ").last } == ["store", "main"])

        let image = debian.folder("unpacked")
        try debian.folder.makeFolder("unpacked")
        try runChecked(["tar", "-xf", "\(out)/shop_7.tar", "-C", image, "release", "shelf"])
        #expect(try Files.readText("\(image)/release") == Files.readText("\(out)/store_7/etc/debian_version"))
        #expect(try Files.readText("\(image)/shelf/food") == "bread\n")
    }

    @Test("A tree of an image that nothing builds is missed before any image is built")
    func missingOutput() throws {
        let debian = try DebianProject()
        try debian.folder.write(
            "[Distribution]\nDistribution=debian\n[Output]\nFormat=tar\n[Content]\nExtraTrees=%D/out/early\n",
            to: "project/mkosi.conf"
        )
        let result = try debian.mkosi()
        #expect(!result.succeeded)
        #expect(result.errors.contains("ExtraTrees= names \(debian.project)/out/early, which does not exist"))
        #expect(!Files.exists("\(debian.project)/image.tar"))
    }
}

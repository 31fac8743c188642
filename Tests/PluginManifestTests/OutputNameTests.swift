import Configuration
import Support
import Testing

/// What outputs are called, with the formats that ship.
@Suite("Names of outputs")
struct OutputNameTests {
    private func name(_ settings: (String, String)...) throws -> String {
        let host = HostFacts(
            osRelease: OSRelease(id: "debian", version: "13", codename: "trixie"),
            architecture: "x86-64",
            environment: [:],
            currentDirectory: "/nowhere",
            randomUUID: "11111111-2222-4333-8444-555555555555",
            readOutput: { _ in "" },
            systemdVersion: { nil }
        )
        let options = settings.map { ConfigurationRequest.OptionValue(option: $0, setting: $0, text: $1) }
        let loaded = try ConfigurationRequest(directory: nil, options: options)
            .load(registry: Registry(catalogue: Shipped.facts), catalogue: Shipped.facts, host: host)
        return try #require(loaded.images.last).outputFileName
    }

    @Test(
        "of every format: as it is, compressed, not compressed, and with another extension",
        arguments: [
            ("disk", "image.raw", "image.raw.xz", "image.raw", "image.img"),
            ("directory", "image", "image", "image", "image.img"),
            ("tar", "image.tar.zst", "image.tar.xz", "image.tar", "image.img.zst"),
            ("cpio", "image.cpio.zst", "image.cpio.xz", "image.cpio", "image.img.zst"),
            ("uki", "image.efi", "image.efi", "image.efi", "image.img"),
            ("addon", "image.efi", "image.efi", "image.efi", "image.img"),
            ("esp", "image.raw", "image.raw", "image.raw", "image.img"),
            ("oci", "image", "image", "image", "image.img"),
            ("sysext", "image.raw", "image.raw.xz", "image.raw", "image.img"),
            ("confext", "image.raw", "image.raw.xz", "image.raw", "image.img"),
            ("portable", "image.raw", "image.raw.xz", "image.raw", "image.img"),
            ("none", "image", "image", "image", "image.img"),
        ]
    )
    func formats(format: String, plain: String, xz: String, uncompressed: String, other: String) throws {
        #expect(try name(("Format", format)) == plain)
        #expect(try name(("Format", format), ("CompressOutput", "xz")) == xz)
        #expect(try name(("Format", format), ("CompressOutput", "no")) == uncompressed)
        #expect(try name(("Format", format), ("OutputExtension", "img")) == other)
    }

    @Test("the identifier, the version, and extensions of several parts")
    func parts() throws {
        #expect(try name(("Format", "disk"), ("ImageId", "os"), ("ImageVersion", "7.8")) == "os_7.8.raw")
        #expect(try name(("Format", "disk"), ("Output", "foobar.raw")) == "foobar.raw.raw")
        #expect(try name(("Format", "esp"), ("OutputExtension", "raw.img")) == "image.raw.img")
        #expect(try name(("Format", "sysext"), ("OutputExtension", "sysext.raw")) == "image.sysext.raw")
        let compressed = [("Format", "disk"), ("ImageVersion", "7.8"), ("CompressOutput", "xz")]
        #expect(try name(compressed[0], compressed[1], compressed[2]) == "image_7.8.raw.xz")
    }
}

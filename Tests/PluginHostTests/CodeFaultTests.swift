import Glibc
import PluginWire
import Support
import System
import TestSupport
import Testing

@testable import PluginHost

/// What is seen of a plugin's code without starting or loading it.
@Suite
struct CodeFaultTests {
    private static func plugin(_ start: Manifest.Start, in directory: String) -> InstalledPlugin {
        var manifest = Manifest(
            name: "acme",
            version: "1",
            summary: "s",
            start: start,
            provides: ABI.V1.Description(formats: [ABI.V1.FormatDescription(name: "crate")])
        )
        manifest.protocol = VersionRange(min: 1, max: 1)
        return InstalledPlugin(directory: directory, manifest: manifest)
    }

    @Test(arguments: [
        ("#!/bin/sh\n", 0o644, "is not executable"),
        ("#!/nowhere/python3 -S\n", 0o755, "needs /nowhere/python3, which"),
    ])
    func programs(text: String, mode: Int, sentence: String) throws {
        let scratch = try TemporaryDirectory()
        try scratch.write(text, to: "x", mode: mode_t(mode))
        // Root may execute what no other user may; access(2) says so only where one bit is set.
        let fault = try #require(Self.plugin(Manifest.Start(executable: ["x"]), in: scratch.path).codeFault)
        #expect(fault.message.contains(sentence), "\(fault.message)")
        #expect(fault.hint != nil)
    }

    @Test
    func filesThatAreNotThere() throws {
        let scratch = try TemporaryDirectory()
        try scratch.makeDirectory("directory")
        for start in [Manifest.Start(executable: ["gone"]), Manifest.Start(library: "gone.so")] {
            let fault = try #require(Self.plugin(start, in: scratch.path).codeFault)
            #expect(fault.message.hasSuffix(" does not exist"))
        }
        let fault = Self.plugin(Manifest.Start(library: "directory"), in: scratch.path).codeFault
        #expect(fault?.message.hasSuffix(" is not a file") == true)
    }

    /// Bytes of this program's own header, changed in one place.
    @Test(
        arguments: [
            (nil, 0, nil), (0, 0, "is not an ELF file"), (4, 1, "is built for another architecture"),
            (5, 2, "is built for another architecture"), (18, 0x16, "is built for another architecture"),
            (16, 2, "is an ELF file, but not a shared library"), (16, 1, "is an ELF file, but not a shared library"),
        ] as [(Int?, UInt8, String?)]
    )
    func libraries(place: Int?, value: UInt8, sentence: String?) throws {
        let scratch = try TemporaryDirectory()
        var bytes = Array(try Files.read("/proc/self/exe", limit: 1 << 30).prefix(4096))
        bytes[16] = 3
        if let place { bytes[place] = value }
        let path = Paths.join(scratch.path, "x.so")
        try Files.write(bytes, to: path)
        let fault = Self.plugin(Manifest.Start(library: "x.so"), in: scratch.path).codeFault
        #expect(fault?.message.contains(sentence ?? "") != false || sentence == nil)
        #expect((fault == nil) == (sentence == nil), "\(fault?.message ?? "no fault")")
        if sentence?.contains("processor") == true {
            try Files.write(bytes, to: path, mode: 0o755)
            #expect(Self.plugin(Manifest.Start(executable: ["x.so"]), in: scratch.path).codeFault != nil)
        }
    }

    @Test
    func versionsAreComparedFirst() throws {
        var plugin = Self.plugin(Manifest.Start(executable: ["gone"]), in: "/nowhere")
        plugin.manifest.interface = VersionRange(min: 4, max: 5)
        #expect(plugin.codeFault?.message.contains("supports interface versions 4 to 5") == true)
    }
}

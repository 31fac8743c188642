import Execution
import Foundation
import JSON
import PluginWire
import Support
import TestSupport
import Testing

@Suite("ConfigureScripts=")
struct ConfigureScriptTests {
    /// A program that changes one word of what it reads.
    private static func replacing(_ old: String, _ new: String) -> String {
        "#!/bin/sh\nexec sed 's|\(old)|\(new)|'\n"
    }

    @Test("programs run in order, each on what the one before gave, and the build uses the result")
    func order() throws {
        let project = try NothingProject(
            [
                "mkosi.configure": Self.replacing(#""Output": "image""#, #""Output": "first""#),
                "second": Self.replacing(#""Output": "first""#, #""Output": "second""#),
            ],
            settings: "[Config]\nConfigureScripts=second\n"
        )
        let built = try project.program.mkosi("--force")
        #expect(built.status == .exited(0), "\(built)")
        #expect(try project.request().contains(#""second""#))
        #expect(try project.program.mkosi("--json", "summary").output.contains(#""Output": "image""#))
    }

    @Test("a program finds the variables of the manual")
    func variables() throws {
        let project = try NothingProject(
            ["mkosi.configure": "#!/bin/sh\nenv >variables\nexec cat\n"],
            settings: "ImageId=thing\nImageVersion=3\n[Build]\nEnvironment=OWN=1\n"
        )
        #expect(try project.program.mkosi("--force", "--architecture=arm64").status == .exited(0))
        let lines = Set(try project.program.read("variables").split(separator: "\n").map(String.init))
        for line in [
            "ARCHITECTURE=arm64", "EFI_ARCHITECTURE=aa64", "QEMU_ARCHITECTURE=aarch64", "DISTRIBUTION=nothing",
            "DISTRIBUTION_ARCHITECTURE=any", "IMAGE_ID=thing", "IMAGE_VERSION=3", "PROFILES=", "MKOSI_DEBUG=0", "OWN=1",
        ] {
            #expect(lines.contains(line), "\(line)")
        }
        #expect(lines.contains { $0.hasPrefix("SRCDIR=/") })
        #expect(lines.contains { $0.hasPrefix("MKOSI_UID=") })
        #expect(!lines.contains { $0.hasPrefix("MKOSI_CONFIG=") })
    }

    @Test(
        "a program that fails or answers nonsense ends the build with one sentence",
        arguments: [
            ("#!/bin/sh\necho broken >&2\nexit 3\n", "failed with exit status 3"),
            ("#!/bin/sh\necho hello\n", "did not print valid JSON"),
            ("#!/bin/sh\necho '[]'\n", "did not print a valid configuration"),
            (#"#!/bin/sh"# + "\necho '{\"Pakages\": []}'\n", #"printed "Pakages", which is not a setting"#),
            ("#!/bin/sh\necho '{\"WithDocs\": \"maybe\"}'\n", "WithDocs needs true or false"),
            ("#!/bin/sh\necho '{\"Bootloader\": \"none of it\"}'\n", #"Bootloader= cannot be "none of it""#),
            ("#!/bin/sh\necho '{\"Format\": \"nowhere\"}'\n", #"Format= cannot be "nowhere""#),
            ("#!/nowhere\n", "mkosi.configure"),
        ]
    )
    func nonsense(script: String, message: String) throws {
        let project = try NothingProject(["mkosi.configure": script])
        let result = try project.program.mkosi("--force")
        #expect(result.status == .exited(1))
        #expect(result.errors.contains(message), "\(result.errors)")
        #expect(result.errors.split(separator: "\n").filter { $0.contains("error:") }.count == 1)
    }

    @Test("a program that is not executable is refused, or made so")
    func mode() throws {
        let project = try NothingProject(["empty": ""])
        try project.program.write("mkosi.configure", "#!/bin/sh\nexec cat\n", mode: 0o644)
        let refused = try project.program.mkosi("--force")
        #expect(refused.errors.contains("mkosi.configure is not executable"))
        #expect(refused.errors.contains("chmod +x"))
        #expect(try project.program.mkosi("--force", "--make-scripts-executable=yes").status == .exited(0))
    }
}

import BootKit
import Execution
import JSON
import Support
import System
import TestSupport
import Testing

/// What is made again of a disk that boots, seen from outside: a tree with a kernel that is none, and the host's stub.
@Suite(.enabled(if: stubs.allSatisfy(Files.exists), "needs the stubs of systemd-boot-efi"))
struct BootRebuildTests {
    static func project(_ definitions: [String: String] = [:]) throws -> TinyProject {
        let project = try TinyProject(
            format: "disk",
            configuration: """
                Bootable=yes
                Initrds=some.initrd
                KernelCommandLine=quiet root=PARTUUID
                [Output]
                Seed=2f9225c9-d033-4639-9869-b1f238a9ff0b
                SplitArtifacts=uki,initrd,roothash
                [Build]
                Incremental=yes
                """
        )
        let extra = "project/mkosi.extra/usr/lib"
        for path in ["modules/6.1.0", "systemd/boot/efi"] { try project.directory.makeDirectory("\(extra)/\(path)") }
        // A program of firmware, as a kernel is one.
        try runChecked(["cp", stubs[1], project.directory("\(extra)/modules/6.1.0/vmlinuz")])
        try project.directory.write("ID=tiny\nVERSION_ID=1\n", to: "\(extra)/os-release")
        try project.directory.write("initrd\n", to: "project/some.initrd")
        for stub in stubs {
            try runChecked(["cp", stub, project.directory("\(extra)/systemd/boot/efi/\(Paths.name(stub))")])
        }
        if !definitions.isEmpty { try project.directory.makeDirectory("project/mkosi.repart") }
        for (name, text) in definitions {
            let lines = text.split(separator: " ").joined(separator: "\n")
            try project.directory.write("[Partition]\n\(lines)\n", to: "project/mkosi.repart/\(name).conf")
        }
        return project
    }

    private static let esp = "Type=esp Format=vfat CopyFiles=/boot:/ CopyFiles=/efi:/ SizeMinBytes=64M SizeMaxBytes=64M"

    /// The steps that a plan would run.
    private static func plan(_ project: TinyProject, _ options: [String]) throws -> [String] {
        let planned = try project.mkosi(options + ["plan"])
        try #require(planned.succeeded, "\(planned)")
        let words = planned.output.split(separator: "\n").map { $0.split(separator: " ") }
        return words.filter { $0.first == "run" }.map { String($0[1].dropLast()) }
    }

    /// Builds again, and returns the kinds of artifacts that were made.
    private static func build(_ project: TinyProject, _ options: [String] = []) throws -> Set<String> {
        let built = try project.build(options + ["--force", "build"])
        try #require(built.succeeded && !built.events.isEmpty, "\(built)")
        let version = "-6.1.0"
        return Set(
            built.steps("success").filter { $0.hasPrefix("artifact-") }.map { step in
                let kind = step.dropFirst("artifact-".count)
                return String(kind.hasSuffix(version) ? kind.dropLast(version.count) : kind)
            }
        )
    }

    private static let unified = [
        "artifact-uki-6.1.0", "artifact-measurements-6.1.0", "bootloader-uefi", "assemble",
    ]

    @Test("another command line makes the unified kernel image and the partition that it is in again, and nothing else")
    func commandLine() throws {
        let project = try Self.project()
        _ = try Self.build(project)
        let image = "\(project.project)/image"
        let changed = ["--kernel-command-line=more"]
        #expect(try Self.plan(project, []).isEmpty)
        let planned = try Self.plan(project, changed)
        #expect(planned == Self.unified, "\(planned)")
        let made = try Self.build(project, changed)
        #expect(made.contains("uki") && made.isDisjoint(with: ["partitions", "initrd"]), "\(made)")
        // The disk is the one that is made at once from the same.
        let digest = try runChecked(["sha256sum", "\(image).raw"]).output
        _ = try Self.build(project, changed + ["--incremental=no"])
        #expect(try runChecked(["sha256sum", "\(image).raw"]).output == digest)
        #expect(try Self.words(of: "\(image).efi") == "quiet root=PARTUUID=\(Self.root) more")
    }

    @Test("another file of the tree makes its partition again, but no initrd and no kernel image that does not name it")
    func extraFile() throws {
        let project = try Self.project()
        _ = try Self.build(project)
        try project.directory.write("more\n", to: "project/mkosi.extra/more")
        // What reads parts of the tree is checked once that is finished.
        let planned = try project.mkosi(["plan"])
        for kind in ["initrd", "kernel-modules-initrd", "uki"] {
            #expect(planned.output.contains("  check   artifact-\(kind): "), "\(planned)")
        }
        #expect(planned.output.contains("  run     artifact-partitions: "), "\(planned)")
        #expect(planned.output.contains("+ tree at /boot, /usr/lib/modules: not created yet"), "\(planned)")
        let made = try Self.build(project)
        #expect(made.contains("partitions") && made.isDisjoint(with: ["uki", "initrd", "kernel"]), "\(made)")
    }

    @Test("another file of a verified tree makes the kernel image with its root hash again, and no initrd")
    func verifiedTree() throws {
        let project = try Self.project([
            "00-esp": Self.esp,
            "10-root": "Type=root Format=ext4 CopyFiles=/ Verity=data VerityMatchKey=root Minimize=guess",
            "20-hash": "Type=root-verity Verity=hash VerityMatchKey=root Minimize=best",
        ])
        _ = try Self.build(project, ["--kernel-command-line="])
        let image = "\(project.project)/image"
        let first = try Files.readText("\(image).roothash")
        #expect(try Self.words(of: "\(image).efi") == "roothash=\(first)")
        try project.directory.write("more\n", to: "project/mkosi.extra/more")
        let made = try Self.build(project, ["--kernel-command-line="])
        #expect(made.contains("uki") && made.isDisjoint(with: ["initrd", "kernel"]), "\(made)")
        let second = try Files.readText("\(image).roothash")
        #expect(first != second)
        #expect(try Self.words(of: "\(image).efi") == "roothash=\(second)")
    }

    @Test("a missing initrd is named with its setting")
    func missingInitrd() throws {
        let project = try Self.project()
        let refused = try project.mkosi(["--initrd=nowhere.initrd", "--force", "build"])
        let path = "\(project.project)/nowhere.initrd"
        #expect(
            !refused.succeeded && refused.errors.contains("Initrds=\(path): there is no such file"),
            "\(refused)"
        )
        #expect(!Files.exists("\(project.project)/image.raw"))
    }

    @Test("an initrd may be named by a link, such as a distribution has to that of its newest kernel")
    func linkedInitrd() throws {
        let project = try Self.project()
        try project.directory.write("linked\n", to: "newest.initrd")
        let link = project.directory("initrd.img")
        try runChecked(["ln", "-s", "newest.initrd", link])
        _ = try Self.build(project, ["--initrd=", "--initrd=\(link)"])
        #expect(try Files.readText("\(project.project)/image.initrd").hasPrefix("linked\n"))
    }

    @Test("SplitArtifacts=pcrs writes the policy of each phase for PCR 11 of the image beside it")
    func policies() throws {
        let project = try Self.project()
        _ = try Self.build(project, ["--split-artifacts=", "--split-artifacts=pcrs,uki"])
        let image = "\(project.project)/image"
        let json = try JSON.parse(Files.read("\(image).pcrs"))
        let policies = try #require(json["sha256"]?.array)
        // Before and after the initrd, and once the system is ready (systemd-pcrphase.service(8)).
        #expect(policies.count == 4)
        #expect(policies.allSatisfy { $0["pcrs"]?.array?.compactMap(\.integer) == [11] && $0["sig"] == nil }, "\(json)")
        #expect(Set(policies.compactMap { $0["pol"]?.string }).count == 4)
        let first = try PCRSigning.policies(of: "\(image).efi", certificate: nil)
        #expect(try Files.readText("\(image).pcrs") == first + "\n")
        // Another command line is another measurement.
        _ = try Self.build(project, ["--split-artifacts=", "--split-artifacts=pcrs,uki", "--kernel-command-line=more"])
        #expect(try Files.readText("\(image).pcrs") != first + "\n")
    }

    @Test("initrds that scripts leave for it are joined with the others, and make it again")
    func initrdsOfScripts() throws {
        let project = try Self.project()
        let script = """
            #!/bin/sh
            mkdir -p "$ARTIFACTDIR/io.mkosi.initrd"
            printf second > "$ARTIFACTDIR/io.mkosi.initrd/2"
            printf first > "$ARTIFACTDIR/io.mkosi.initrd/1"
            """
        try project.directory.write(script, to: "project/mkosi.build")
        try runChecked(["chmod", "755", project.directory("project/mkosi.build")])
        _ = try Self.build(project)
        let path = "\(project.project)/image.initrd"
        #expect(try Files.readText(path) == "initrd\n\0first\0\0\0second\0\0")
        try project.directory.write(script.replacing("first", with: "other"), to: "project/mkosi.build")
        try runChecked(["chmod", "755", project.directory("project/mkosi.build")])
        #expect(try Self.build(project).contains("initrd"))
        #expect(try Files.readText(path) == "initrd\n\0other\0\0\0second\0\0")
    }

    @Test("a signed boot loader starts what the distribution has signed, and what is built here only on request")
    func signedImage() throws {
        let project = try Self.project()
        let options = ["--bootloader=uki-signed", "--kernel-command-line="]
        let refused = try project.mkosi(options + ["--force", "build"])
        #expect(!refused.succeeded && refused.errors.contains("that is signed by its distribution"), "\(refused)")
        let path = project.directory("project/mkosi.extra/usr/lib/modules/6.1.0/vmlinuz-virt.efi")
        var image = UnifiedKernelImage(stub: stubs[0])
        image.kernel = stubs[1]
        image.commandLine = "vendor"
        try image.write(to: path)
        // Whose signature it is, only firmware knows.
        try Authenticode(path: path).append([0x30, 0])
        let started = project.directory("started.efi")
        func start() throws -> [UInt8] {
            let disk = "\(project.project)/image.raw@@1M"
            try runChecked(["mcopy", "-n", "-o", "-i", disk, "::EFI/BOOT/BOOTX64.EFI", started])
            return try Files.read(started)
        }
        _ = try Self.build(project, options)
        try #expect(start() == Files.read(path))
        _ = try Self.build(project, options + ["--unified-kernel-images=unsigned"])
        try #expect(start() != Files.read(path))
        #expect(try PEFile(path: started).section(named: ".uname") != nil)
    }

    @Test("without a stub there is nothing that firmware could start by itself, which is an error if it has to")
    func withoutStub() throws {
        let project = try Self.project()
        try runChecked(["rm", project.directory("project/mkosi.extra/usr/lib/systemd/boot/efi/linuxx64.efi.stub")])
        let options = ["--bootloader=uki", "--split-artifacts=", "--force"]
        let refused = try project.mkosi(options + ["build"])
        #expect(refused.status == .exited(1), "\(refused)")
        #expect(refused.errors.contains("Bootloader=uki has nothing else to start"), "\(refused)")
        #expect(refused.errors.contains("systemd-boot-efi"), "\(refused)")
        let made = try project.mkosi(options + ["--bootable=auto", "build"])
        #expect(made.succeeded && made.errors.contains("set Bootable=yes to make this an error"), "\(made)")
        #expect(project.outputs.contains("image.raw"))
    }

    /// The identifier that the seed gives the root partition.
    private static let root = "987478bd-ddc5-486f-a847-ebaa943dcd8e"

    /// The command line in a unified kernel image.
    private static func words(of image: String) throws -> String {
        let section = try #require(try PEFile(path: image).section(named: ".cmdline"))
        return String(decoding: try section.bytes(of: image, limit: 4096).filter { $0 != 0 }, as: UTF8.self)
    }
}

let stubs = ["linuxx64.efi.stub", "systemd-bootx64.efi"].map { "/usr/lib/systemd/boot/efi/\($0)" }

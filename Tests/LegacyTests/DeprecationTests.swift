import ByteKeys
import Foundation
import JSON
import PluginWire
import Testing

/// A setting that came or went between the first generations and today.
struct Deprecation: Sendable, CustomTestStringConvertible {
    /// `[Section] Name=value`, as it stood in a file of its time.
    var line: String
    /// What is in the summary; empty for what has no meaning any more.
    var expected: [String: JSON]
    /// A part of the warning that names it; nil where there is none to give.
    var warning: String?

    init(_ line: String, _ expected: [String: JSON], _ warning: String?) {
        self.line = line
        self.expected = expected
        self.warning = warning
    }

    var testDescription: String { line }
}

@Suite("What came and went between the generations")
struct DeprecationTests {
    /// In files of the first generations.
    static let first: [Deprecation] = [
        Deprecation("[Output] XZ=no", ["CompressOutput": "none"], "XZ= is CompressOutput=xz today"),
        Deprecation("[Output] Force=yes", [:], "Force= has no effect any more"),
        Deprecation("[Output] AutoBump=yes", [:], "AutoBump= has no effect any more"),
        Deprecation("[Output] NoChown=yes", [:], "NoChown= has no effect any more"),
        Deprecation("[Output] TarStripSELinuxContext=yes", [:], "TarStripSELinuxContext= has no effect"),
        Deprecation("[Output] HostonlyInitrd=yes", [:], "HostonlyInitrd= has no effect"),
        Deprecation("[Output] CacheInitrd=yes", [:], "CacheInitrd= has no effect"),
        Deprecation("[Output] WithUnifiedKernelImages=no", ["UnifiedKernelImages": "none"], "UnifiedKernelImages="),
        Deprecation("[Output] UsrOnly=yes", ["UsrOnly": true], nil),
        Deprecation("[Output] Minimize=yes", ["Minimize": true], nil),
        Deprecation("[Output] GPTFirstLBA=34", ["GPTFirstLBA": 34], nil),
        Deprecation("[Output] CompressFs=zstd", ["CompressFs": "zstd"], nil),
        Deprecation("[Output] CompressOutput=zstd", ["CompressOutput": "zstd"], nil),
        Deprecation("[Output] Compress=xz", ["CompressOutput": "xz"], "Compress= is CompressOutput= today"),
        Deprecation("[Output] SplitArtifacts=no", [:], "SplitArtifacts= is now a list"),
        Deprecation(
            "[Output] SplitArtifacts=yes",
            ["SplitArtifacts": .array(["uki", "kernel", "initrd", "partitions"])],
            "SplitArtifacts= is now a list"
        ),
        Deprecation("[Output] OutputSplitRoot=x", [:], "OutputSplitRoot= has no effect"),
        Deprecation("[Output] OutputSplitVerity=x", [:], "OutputSplitVerity= has no effect"),
        Deprecation("[Output] OutputSplitKernel=x", [:], "OutputSplitKernel= has no effect"),
        Deprecation("[Output] SecureBootCommonName=me", [:], "--genkey-common-name"),
        Deprecation("[Output] SecureBootValidDays=30", [:], "--genkey-valid-days"),
        Deprecation("[Output] Verity=signed", ["Verity": "signed"], nil),
        Deprecation("[Output] Verity=no", ["Verity": "disabled"], nil),
        Deprecation("[Output] ImageVersion=7", ["ImageVersion": "7"], nil),
        Deprecation("[Output] VersionNumber=7", ["ImageVersion": "7"], "VersionNumber= is ImageVersion= today"),
        Deprecation("[Output] ImageId=box", ["ImageId": "box"], nil),
        Deprecation(
            "[Output] MachineID=0123456789abcdef0123456789abcdef",
            ["MachineId": "01234567-89ab-cdef-0123-456789abcdef"],
            nil
        ),
        Deprecation("[Output] ManifestFormat=json", ["ManifestFormat": .array(["json"])], nil),
        Deprecation("[Output] WorkspaceDirectory=w", ["WorkspaceDirectory": "$/w"], nil),
        Deprecation("[Distribution] Distribution=umbra_epel", ["Distribution": "umbra"], "Repositories=epel"),
        Deprecation("[Distribution] Release=9-stream", ["Release": "9"], "Release=9 today"),
        Deprecation(
            "[Distribution] Repositories=http://r.example/",
            ["Repositories": .array([])],
            "no longer accepts URLs"
        ),
        Deprecation(
            "[Distribution] RepositoryDirectory=t",
            ["SandboxTrees": .array([["Source": "$/t", "Target": "/etc/yum.repos.d"]])],
            "RepositoryDirectory= is SandboxTrees= today"
        ),
        Deprecation("[Packages] BasePackages=conditional", ["BasePackages": "conditional"], nil),
        Deprecation("[Packages] BasePackages=false", ["BasePackages": "no"], nil),
        Deprecation("[Packages] RemovePackages=x", ["RemovePackages": .array(["x"])], nil),
        Deprecation("[Packages] RemoveFiles=/x,/y", ["RemoveFiles": .array(["/x", "/y"])], nil),
        Deprecation("[Packages] CleanPackageMetadata=yes", ["CleanPackageMetadata": "enabled"], nil),
        Deprecation(
            "[Packages] BuildEnvironment=A=1 B=2",
            ["Environment": ["A": "1", "B": "2"]],
            "is Environment= today"
        ),
        Deprecation("[Packages] Environment=A=1", ["Environment": ["A": "1"]], nil),
        Deprecation("[Packages] SourceFileTransfer=mount", ["SourceFileTransfer": "mount"], nil),
        Deprecation(
            "[Packages] GitFiles=cached",
            ["SourceFileTransfer": "copy-git-cached"],
            "is SourceFileTransfer=copy-git-cached today"
        ),
        Deprecation("[Packages] SourceFileTransferFinal=copy-all", [:], "SourceFileTransferFinal= has no effect"),
        Deprecation("[Packages] SourceResolveSymlinks=yes", [:], "SourceResolveSymlinks= has no effect"),
        Deprecation("[Packages] SourceResolveSymlinksFinal=yes", [:], "SourceResolveSymlinksFinal= has no effect"),
        Deprecation("[Packages] InstallDirectory=x", [:], "InstallDirectory= has no effect"),
        Deprecation("[Packages] IncludeDirectory=x", [:], "IncludeDirectory= has no effect"),
        Deprecation("[Packages] SkipFinalPhase=yes", [:], "SkipFinalPhase= has no effect"),
        Deprecation("[Packages] WithNetwork=never", ["WithNetwork": false, "CacheOnly": "always"], "CacheOnly=always"),
        Deprecation("[Packages] PrepareScript=s", ["PrepareScripts": .array(["$/s"])], nil),
        Deprecation("[Content] Password=", ["RootPassword": .array(["", true])], "RootPassword="),
        Deprecation("[Content] Autologin=yes", ["Autologin": true], nil),
        Deprecation(
            "[Partitions] BaseImage=t",
            ["BaseTrees": .array(["$/t"]), "Overlay": true],
            "BaseTrees= and Overlay="
        ),
        Deprecation("[Partitions] VarSize=1G", ["VarSize": "1G"], nil),
        Deprecation("[Partitions] TmpSize=1G", ["TmpSize": "1G"], nil),
        Deprecation("[Partitions] XbootldrSize=1G", ["XBOOTLDRSize": "1G"], nil),
        Deprecation("[Partitions] BIOSSize=1M", ["BIOSSize": "1M"], nil),
        Deprecation("[Host] QemuHeadless=yes", ["Console": "interactive"], "QemuHeadless= is Console= today"),
        Deprecation("[Host] QemuHeadless=no", ["Console": "gui"], "QemuHeadless= is Console= today"),
        Deprecation("[Host] QemuSmp=4", ["CPUs": 4], nil),
        Deprecation("[Host] QemuMem=1G", ["RAM": .integer(1 << 30)], nil),
        Deprecation("[Host] QemuKvm=no", ["KVM": "disabled"], nil),
        Deprecation("[Host] QemuArgs=-a b", ["QemuArgs": .array(["-a", "b"])], nil),
        Deprecation("[Host] QemuBoot=bios", [:], "QemuBoot= has no effect"),
        Deprecation("[Host] NetworkVeth=yes", ["RuntimeNetwork": "interface"], "RuntimeNetwork=interface today"),
        Deprecation("[Host] Netdev=yes", ["RuntimeNetwork": "interface"], "RuntimeNetwork=interface today"),
        Deprecation("[Host] Ephemeral=yes", ["Ephemeral": true], nil),
        Deprecation("[Host] Ssh=yes", ["Ssh": "always"], nil),
        Deprecation("[Host] SshKey=k", ["SshKey": .null], "SshKey= has no effect"),
        Deprecation("[Host] SshAgent=yes", [:], "SshAgent= has no effect"),
        Deprecation("[Host] SshPort=22", [:], "SshPort= has no effect"),
        Deprecation("[Host] SshTimeout=9", [:], "SshTimeout= has no effect"),
        Deprecation(
            "[Distribution] Architecture=x86_64",
            ["Architecture": "x86-64"],
            "Architecture=x86_64 is Architecture=x86-64 today"
        ),
        Deprecation("[Distribution] Architecture=x86-64", ["Architecture": "x86-64"], nil),
        Deprecation("[Packages] BasePackages=false", ["BasePackages": "no"], nil),
        Deprecation("[Packages] BasePackages=conditional", ["BasePackages": "conditional"], nil),
        Deprecation("[Host] NspawnKeepUnit=yes", [:], "NspawnKeepUnit= has no effect"),
    ]

    /// In files of today, which may be written for any version since there are such files.
    static let later: [Deprecation] = [
        Deprecation("[Output] Format=gpt_ext4", ["Format": "gpt_ext4"], nil),
        Deprecation("[Partitions] RootSize=3G", ["RootSize": "3G"], "[Partitions] is [Output] today"),
        Deprecation("[Packages] Packages=x", ["Packages": .array(["x"])], "[Packages] is [Content] today"),
        Deprecation("[Host] Ephemeral=yes", ["Ephemeral": true], "[Host] is [Runtime] today"),
        Deprecation("[Host] ExtraSearchPaths=t", ["ExtraSearchPaths": .array(["$/t"])], "[Host] is [Runtime] today"),
        Deprecation("[Preset] Dependencies=a", ["Dependencies": .array(["a"])], "[Preset] is [Config] today"),
        Deprecation("[Preset] Presets=a", ["Dependencies": .array(["a"])], "Presets= is Dependencies= today"),
        Deprecation("[Preset] @Presets=a", ["Dependencies": .array(["a"])], "Presets= is Dependencies= today"),
        Deprecation("[Output] CompressOutput=zst", ["CompressOutput": "zstd"], nil),
        Deprecation("[Content] BasePackages=false", ["BasePackages": "no"], nil),
        Deprecation("[Config] Images=a", ["Dependencies": .array(["a"])], "Images= is Dependencies= today"),
        Deprecation("[Content] Password=x", ["RootPassword": .array(["x", false])], "is RootPassword= today"),
        Deprecation(
            "[Output] SplitArtifacts=yes",
            ["SplitArtifacts": .array(["uki", "kernel", "initrd", "partitions"])],
            "SplitArtifacts= is now a list"
        ),
        Deprecation("[Distribution] CacheOnly=none", ["CacheOnly": "auto"], nil),
        Deprecation("[Distribution] Distribution=umbra_epel", ["Distribution": "umbra"], "Repositories=epel"),
        Deprecation("[Distribution] Release=8-stream", ["Release": "8"], "Release=8 today"),
        Deprecation(
            "[Distribution] RepositoryDirectories=t",
            ["SandboxTrees": .array([["Source": "$/t", "Target": "/etc/yum.repos.d"]])],
            "SandboxTrees= today"
        ),
        Deprecation("[Distribution] UseHostRepositories=no", [:], nil),
        Deprecation(
            "[Distribution] PackageManagerTrees=t",
            ["SandboxTrees": .array([["Source": "$/t", "Target": .null]])],
            nil
        ),
        Deprecation("[Output] @Format=tar", ["Format": "tar"], "@Format= is Format= today"),
        Deprecation("[Content] InitrdInclude=t", [:], "InitrdInclude= has no effect"),
        Deprecation(
            "[Content] CleanPackageManagerMetadata=yes",
            ["CleanPackageMetadata": "enabled"],
            "is CleanPackageMetadata= today"
        ),
        Deprecation("[Content] Devicetree=x", ["Devicetrees": .array(["x"])], nil),
        Deprecation("[Host] QemuGui=yes", ["Console": "gui"], "QemuGui= is Console=gui today"),
        Deprecation("[Host] QemuCdrom=yes", ["DiskType": "scsi-cd"], "QemuCdrom= is DiskType=scsi-cd today"),
        Deprecation("[Runtime] CDROM=yes", ["DiskType": "scsi-cd"], "CDROM= is DiskType=scsi-cd today"),
        Deprecation("[Host] QemuSmp=3", ["CPUs": 3], nil),
        Deprecation("[Host] QemuMem=1G", ["RAM": .integer(1 << 30)], nil),
        Deprecation("[Host] QemuVsock=yes", ["VSock": "enabled"], nil),
        Deprecation("[Host] QemuVsockConnectionId=7", ["VSockCID": 7], nil),
        Deprecation("[Host] QemuSwtpm=yes", ["TPM": "enabled"], nil),
        Deprecation("[Host] QemuFirmware=uefi", ["Firmware": "uefi"], nil),
        Deprecation("[Host] QemuFirmware=bios", [:], "QemuFirmware= has no effect any more"),
        Deprecation("[Host] QemuKernel=/k", ["Linux": "/k"], nil),
        Deprecation("[Host] RuntimeScratch=no", [:], "RuntimeScratch= has no effect"),
        Deprecation("[Runtime] RuntimeHome=yes", ["BindUser": true], "RuntimeHome= is BindUser= today"),
        Deprecation("[Runtime] UnitProperties=a=b", [:], "UnitProperties= has no effect"),
        Deprecation("[Host] SshTimeout=9", [:], "SshTimeout= has no effect"),
        Deprecation(
            "[Content] WithUnifiedKernelImages=yes",
            ["UnifiedKernelImages": "auto"],
            "UnifiedKernelImages= today"
        ),
        Deprecation("[Validation] Verity=yes", ["Verity": "signed"], nil),
        Deprecation("[Output] QCow2=yes", ["QCow2": true], nil),
        Deprecation("[Output] Encrypt=all", ["Encrypt": "all"], nil),
    ]

    private func check(_ row: Deprecation, _ file: String) throws {
        let parts = row.line.split(separator: " ", maxSplits: 1).map(String.init)
        let project = try OldProject(["s": "#!/bin/sh\n", "mkosi.images/a.conf": ""])
        try project.write("t/")
        let format = row.line.contains("Encrypt=") ? "[Output]\nFormat=gpt_ext4\n" : ""
        let plain = row.line.contains("Compress=xz") ? "[Output]\nFormat=tar\n" : ""
        try project.write(file, "\(format)\(plain)\(parts[0])\n\(parts[1])\n")
        let run = project.run(["summary"])
        #expect(run.status == 0, "\(run.errors)")
        let image = try project.image()
        for (name, value) in row.expected { #expect(image[name] == value.with(project.path), "\(name)") }
        let warnings = run.errors.components(separatedBy: "‣ warning: ").dropFirst().filter {
            !$0.contains("was written for an older mkosi")
                && (row.warning != nil || !$0.contains("[Host] is [Runtime]"))
        }
        if let text = row.warning {
            let found = warnings.filter { $0.contains(text) }
            #expect(found.count == 1, "\(run.errors)")
            #expect(found.first?.contains("\(file):") == true, "\(run.errors)")
        } else {
            let unexpected = warnings.filter { warning in
                // Names that the table still knows have a warning of their own.
                warning.contains("no setting") || warning.contains("today") && !warning.contains("= is now called ")
            }
            #expect(unexpected.isEmpty, "\(run.errors)")
        }
    }

    @Test("in the first generations", arguments: first)
    func inFirst(row: Deprecation) throws { try check(row, "mkosi.default") }

    @Test("since there are files of today", arguments: later)
    func inLater(row: Deprecation) throws { try check(row, "mkosi.conf") }

    @Test("migration gives the same, and nothing is left to migrate", arguments: first + later)
    func migrated(row: Deprecation) throws {
        let parts = row.line.split(separator: " ", maxSplits: 1).map(String.init)
        let isFirst = Self.first.contains { $0.line == row.line }
        let project = try OldProject(["s": "#!/bin/sh\n", "mkosi.images/a.conf": ""])
        try project.write("t/")
        let text = "[Output]\nFormat=gpt_ext4\n\(parts[0])\n\(parts[1])\n"
        try project.write(isFirst ? "mkosi.default" : "mkosi.conf", text)
        let before = try project.image()
        #expect(project.run(["migrate", "--write"]).status == 0)
        #expect(try project.image() == before)
        let run = project.run(["migrate"])
        #expect(run.output == "", "\(run.output)")
        #expect(run.errors.contains("All files are up to date"), "\(run.errors)")
        let again = project.run(["summary"])
        #expect(!again.errors.contains("today") && !again.errors.contains("no meaning any more"), "\(again.errors)")
    }

    @Test("an image that was to be encrypted is not made without")
    func encryption() throws {
        for text in ["[Output]\nFormat=tar\nEncrypt=all\n", "[Output]\nEncrypt=all\nFormat=directory\n"] {
            let project = try OldProject(["mkosi.default": text])
            let run = project.run(["summary"])
            #expect(run.status != 0)
            #expect(run.errors.contains("Encrypt="))
            #expect(run.errors.contains("not be encrypted"))
        }
    }
}

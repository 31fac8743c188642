import ByteKeys
import Foundation
import JSON
import PluginWire
import Support
import Testing

/// One old assignment, and what follows from it.
struct OldSetting: Sendable, CustomTestStringConvertible {
    var section: String
    var name: String
    var value: String
    /// The option without its argument; empty: there was none.
    var option: String
    /// What is in the summary.
    var expected: ByteDictionary<JSON>
    /// What the old option takes instead of the value in files.
    var argument: String?

    init(
        _ section: String,
        _ name: String,
        _ value: String,
        _ option: String,
        _ expected: ByteDictionary<JSON>,
        argument: String? = nil
    ) {
        self.section = section
        self.name = name
        self.value = value
        self.option = option
        self.expected = expected
        self.argument = argument
    }

    var testDescription: String { "[\(section)] \(name)=\(value)" }

    /// The ways to write the name of a setting in a file.
    var spellings: [String] {
        let dashed = String(option.drop { $0 == "-" })
        return [name, name.lowercased(), name.uppercased(), dashed].filter { !$0.isEmpty }
    }
}

@Suite("Every setting of the first generations")
struct SettingTests {
    private static func texts(_ values: String...) -> JSON { .array(values.map(JSON.string)) }

    static let settings: [OldSetting] = [
        OldSetting("Distribution", "Distribution", "umbra", "--distribution", ["Distribution": "umbra"]),
        OldSetting("Distribution", "Release", "9", "--release", ["Release": "9"]),
        OldSetting("Distribution", "Repositories", "one,two", "--repositories", ["Repositories": texts("one", "two")]),
        OldSetting("Distribution", "Mirror", "http://m.example/", "--mirror", ["Mirror": "http://m.example/"]),
        OldSetting("Distribution", "Architecture", "arm64", "--architecture", ["Architecture": "arm64"]),
        OldSetting("Output", "Format", "gpt_btrfs", "--format", ["Format": "gpt_btrfs", "OutputExtension": "raw"]),
        OldSetting("Output", "Output", "box.raw", "--output", ["Output": "box", "OutputExtension": "raw"]),
        OldSetting("Output", "OutputDirectory", "out", "--output-dir", ["OutputDirectory": "$/out"]),
        OldSetting("Output", "Bootable", "yes", "--bootable", ["Bootable": "enabled"]),
        OldSetting(
            "Output",
            "BootProtocols",
            "bios",
            "--boot-protocols",
            ["Bootloader": "none", "BiosBootloader": "grub"]
        ),
        OldSetting(
            "Output",
            "KernelCommandLine",
            "quiet rw",
            "--kernel-command-line",
            ["KernelCommandLine": texts("quiet", "rw")]
        ),
        OldSetting("Output", "SecureBoot", "yes", "--secure-boot", ["SecureBoot": true]),
        OldSetting("Output", "SecureBootKey", "k", "--secure-boot-key", ["SecureBootKey": "$/k"]),
        OldSetting(
            "Output",
            "SecureBootCertificate",
            "c",
            "--secure-boot-certificate",
            ["SecureBootCertificate": "$/c"]
        ),
        OldSetting("Output", "ReadOnly", "yes", "--read-only", ["ReadOnly": true]),
        OldSetting("Output", "Encrypt", "data", "--encrypt", ["Encrypt": "data"]),
        OldSetting("Output", "Verity", "yes", "--verity", ["Verity": "hash"]),
        OldSetting("Output", "Compress", "lzo", "--compress", ["CompressFs": "lzo"]),
        OldSetting("Output", "Mksquashfs", "tool", "--mksquashfs", ["Mksquashfs": "$/tool"]),
        OldSetting("Output", "XZ", "yes", "--xz", ["CompressOutput": "xz"]),
        OldSetting("Output", "QCow2", "yes", "--qcow2", ["QCow2": true]),
        OldSetting("Output", "Hostname", "box", "--hostname", ["Hostname": "box"]),
        OldSetting("Packages", "Packages", "a,b", "--package", ["Packages": texts("a", "b")]),
        OldSetting("Packages", "WithDocs", "yes", "--with-docs", ["WithDocs": true]),
        OldSetting("Packages", "WithTests", "no", "", ["WithTests": false]),
        OldSetting("Packages", "Cache", "c", "--cache", ["PackageCacheDirectory": "$/c"]),
        OldSetting(
            "Packages",
            "ExtraTrees",
            "t",
            "--extra-tree",
            ["ExtraTrees": .array([["Source": "$/t", "Target": .null]])]
        ),
        OldSetting(
            "Packages",
            "SkeletonTrees",
            "t",
            "--skeleton-tree",
            ["SkeletonTrees": .array([["Source": "$/t", "Target": .null]])]
        ),
        OldSetting("Packages", "BuildScript", "s", "--build-script", ["BuildScripts": texts("$/s")]),
        OldSetting(
            "Packages",
            "BuildSources",
            "t",
            "--build-sources",
            ["BuildSources": .array([["Source": "$/t", "Target": .null]])]
        ),
        OldSetting("Packages", "BuildDirectory", "b", "--build-directory", ["BuildDirectory": "$/b"]),
        OldSetting(
            "Packages",
            "BuildPackages",
            "gcc make",
            "--build-packages",
            ["BuildPackages": texts("gcc", "make")]
        ),
        OldSetting(
            "Packages",
            "PostInstallationScript",
            "s",
            "--postinst-script",
            ["PostInstallationScripts": texts("$/s")]
        ),
        OldSetting("Packages", "FinalizeScript", "s", "--finalize-script", ["FinalizeScripts": texts("$/s")]),
        OldSetting("Packages", "WithNetwork", "yes", "--with-network", ["WithNetwork": true]),
        OldSetting("Packages", "NSpawnSettings", "s", "--settings", ["NSpawnSettings": "$/s"]),
        OldSetting("Partitions", "RootSize", "2G", "--root-size", ["RootSize": "2G"]),
        OldSetting("Partitions", "ESPSize", "64M", "--esp-size", ["ESPSize": "64M"]),
        OldSetting("Partitions", "SwapSize", "1G", "--swap-size", ["SwapSize": "1G"]),
        OldSetting("Partitions", "HomeSize", "10K", "--home-size", ["HomeSize": "10K"]),
        OldSetting("Partitions", "SrvSize", "4096", "--srv-size", ["SrvSize": "4096"]),
        OldSetting("Validation", "CheckSum", "true", "--checksum", ["Checksum": true]),
        OldSetting("Validation", "Sign", "1", "--sign", ["Sign": true]),
        OldSetting("Validation", "Key", "ABCD", "--key", ["Key": "ABCD"]),
        OldSetting("Validation", "BMap", "yes", "--bmap", ["BMap": true]),
        OldSetting("Validation", "Password", "geheim", "--password", ["RootPassword": .array(["geheim", false])]),
        OldSetting(
            "Host",
            "ExtraSearchPaths",
            "a:b",
            "--extra-search-paths",
            ["ExtraSearchPaths": texts("$/a", "$/b")]
        ),
    ]

    private func project() throws -> OldProject {
        let project = try OldProject(["s": "#!/bin/sh\n"])
        try project.write("t/")
        for name in ["k", "c"] { try project.write(name, "", mode: 0o600) }
        return project
    }

    private func check(_ image: ByteDictionary<JSON>, _ setting: OldSetting, _ project: OldProject, _ how: String) {
        for (name, value) in setting.expected {
            #expect(image[name] == value.with(project.path), "\(how): \(name)")
        }
    }

    @Test("in its section, in every spelling", arguments: settings)
    func inFiles(setting: OldSetting) throws {
        // Some have a meaning only with a format that can do it.
        let format = setting.name == "Compress" ? "Format=gpt_squashfs\n" : ""
        for name in setting.spellings {
            let project = try project()
            try project.write("mkosi.default", "[Output]\n\(format)[\(setting.section)]\n\(name)=\(setting.value)\n")
            check(try project.image(), setting, project, name)
        }
    }

    @Test("as an option", arguments: settings.filter { !$0.option.isEmpty })
    func asOption(setting: OldSetting) throws {
        let project = try project()
        try project.write("mkosi.default", "[Output]\nFormat=gpt_squashfs\n")
        let format = setting.name == "Compress" ? ["--format=gpt_squashfs"] : []
        let run = project.run(format + ["\(setting.option)=\(setting.value)", "summary", "--json"])
        #expect(run.status == 0, "\(run.errors)")
        let text = try project.image(with: format + ["\(setting.option)=\(setting.value)"])
        check(text, setting, project, setting.option)
    }

    @Test(
        "switches need no argument",
        arguments: [
            "--bootable", "--secure-boot", "--read-only", "--verity", "--xz", "--qcow2", "--with-docs",
            "--with-network", "--checksum", "--sign", "--bmap",
        ]
    )
    func switches(option: String) throws {
        let setting = try #require(SettingTests.settings.first { $0.option == option })
        let project = try project()
        try project.write("mkosi.default", "[Output]\nFormat=gpt_ext4\n")
        check(try project.image(with: [option]), setting, project, option)
    }

    @Test(
        "short options",
        arguments: [
            (["-d", "umbra"], "Distribution", JSON.string("umbra")), (["-r", "9"], "Release", "9"),
            (["-m", "http://m"], "Mirror", "http://m"), (["-t", "raw_btrfs"], "Format", "gpt_btrfs"),
            (["-o", "x.raw"], "Output", "x"), (["-b"], "Bootable", "enabled"), (["-T"], "WithTests", false),
            (["--without-tests"], "WithTests", false), (["-p", "a", "-pb"], "Packages", .array(["a", "b"])),
            (["-i"], "Incremental", "yes"), (["-if"], "Incremental", "yes"), (["-bi"], "Bootable", "enabled"),
        ]
    )
    func shortOptions(words: [String], name: String, value: JSON) throws {
        let project = try project()
        try project.write("mkosi.default", "[Output]\nFormat=gpt_ext4\n")
        #expect(try project.image(with: words)[name] == value)
    }

    @Test("a command line of old words needs no file")
    func withoutFiles() throws {
        let project = try project()
        let words = ["-d", "umbra", "-t", "raw_squashfs", "--checksum", "--xz", "--package=a", "--package=b"]
        let image = try project.image(with: words)
        #expect(image["Format"] == "gpt_squashfs")
        #expect(image["Checksum"] == true)
        #expect(image["CompressOutput"] == "xz")
        #expect(image["Packages"] == .array(["a", "b"]))
    }

    @Test(
        "the name of the output falls into name, directory and extension",
        arguments: [
            ("box", "gpt_ext4", "box", "raw", "$"), ("box.raw.xz", "gpt_ext4", "box", "raw", "$"),
            ("box.img", "gpt_ext4", "box", "img", "$"), ("dir/box.raw", "gpt_ext4", "box", "raw", "$/dir"),
            ("/var/box-1.2", "directory", "box-1.2", "", "/var"), ("box.tar.xz", "tar", "box", "tar", "$"),
            ("box.tar", "gpt_ext4", "box", "tar", "$"), ("../box.raw", "gpt_ext4", "box", "raw", "$/.."),
        ] as [(String, String, String, String, String)]
    )
    func outputs(text: String, format: String, name: String, suffix: String, directory: String) throws {
        let project = try project()
        try project.write("mkosi.default", "[Output]\nOutput=\(text)\nFormat=\(format)\n")
        let image = try project.image()
        #expect(image["Output"] == .string(name))
        #expect(image["OutputExtension"] == .string(suffix))
        if text.contains("/") {
            let parent = (project.path as NSString).deletingLastPathComponent
            let expected = directory == "$/.." ? JSON.string(parent) : JSON.string(directory).with(project.path)
            #expect(image["OutputDirectory"] == expected)
        }
    }
}

extension JSON {
    /// The value with a project's path in place of the sign for it.
    func with(_ path: String) -> JSON {
        switch self {
        case .string(let text) where text.hasPrefix("$"): .string(path + text.dropFirst())
        case .array(let values): .array(values.map { $0.with(path) })
        case .object(let members): .object(members.mapValues { $0.with(path) })
        default: self
        }
    }
}

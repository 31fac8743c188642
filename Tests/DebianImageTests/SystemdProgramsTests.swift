import Crypto
import Glibc
import JSON
import Support
import System
import TestSupport
import Testing

extension BootSuites {
    /// What the programs of systemd 257 find in a disk that starts: the tree they run in is built for it.
    @Suite struct SystemdProgramsTests {
        /// Runs a program in a tree, in a mount namespace of its own, with a directory of the host at its own place.
        ///
        /// Dissecting needs devices of loops, and a root that is a mount point.
        private static func run(_ words: [String], in tree: String, showing directory: String) throws -> RunResult {
            let script = """
                set -e
                tree=$1
                shown=$2
                shift 2
                mount --bind "$tree" "$tree"
                mount --rbind /dev "$tree/dev"
                mount --rbind /sys "$tree/sys"
                mkdir -p "$tree/proc" "$tree$shown"
                mount -t proc proc "$tree/proc"
                mount --bind "$shown" "$tree$shown"
                # bootctl wants partitions to be file systems of their own.
                if [ -d "$shown/esp" ]; then mount --bind "$shown/esp" "$tree$shown/esp"; fi
                cd /
                exec chroot "$tree" "$@"
                """
            let command = ["unshare", "--mount", "--propagation=private", "sh", "-c", script, "sh", tree, directory]
            return try runChecked(command + words, limit: 120)
        }

        /// The tree of `MKOSI_REPART_TREE`, or one that is built.
        private static func tree(_ project: BootProject) throws -> String {
            if let given = getenv("MKOSI_REPART_TREE") { return String(cString: given) }
            let packages = ["--package=", "--package=systemd-container,systemd-ukify,systemd-boot-tools"]
            let kind = ["--format=directory", "--bootable=no", "--output=programs-tree", "--extra-tree=", "--force"]
            let built = try project.debian.mkosi(packages + kind + ["build"], limit: 600)
            try #require(built.succeeded, "\(built)")
            return project.path("programs-tree")
        }

        @Test(
            "systemd-dissect finds a system that UEFI boots, ukify the parts of its unified kernel image, and bootctl its entry",
            .enabled(if: access("/dev/loop-control", F_OK) == 0, "systemd-dissect needs loop devices")
        )
        func accepted() throws {
            let project = try BootSuites.shared.get()
            let options = [
                try project.definitions("repart-verity", BootMatrixTests.verity),
                "--split-artifacts=", "--split-artifacts=roothash,uki,kernel",
            ]
            try project.build("programs", options)
            let tree = try Self.tree(project)
            let hash = try Files.readText(project.path("programs.roothash"))
            func run(_ words: String...) throws -> JSON {
                try JSON.parse(Array(Self.run(words, in: tree, showing: project.debian.project).output.utf8))
            }
            let path = project.path("programs.raw")
            _ = try Self.run(["systemd-dissect", "--validate", path], in: tree, showing: project.debian.project)
            let disk = try run("systemd-dissect", "--root-hash=\(hash)", "--json=short", path)
            #expect(disk["useBootableUefi"] == .bool(true), "\(disk)")
            #expect(disk["osRelease"]?.array?.contains(.string("ID=debian")) == true, "\(disk)")
            let mounts = try #require(disk["mounts"]?.array)
            #expect(
                mounts.compactMap { $0["designator"]?.string }.sorted() == ["esp", "root", "root-verity"],
                "\(disk)"
            )
            let root = try #require(mounts.first { $0["designator"]?.string == "root" })
            #expect(root["fstype"]?.string == "erofs" && root["verity"]?.string != "no", "\(disk)")

            let image = try run("ukify", "inspect", project.path("programs.efi"), "--json=short")
            for section in [".linux", ".initrd", ".osrel", ".cmdline", ".uname", ".sbat"] {
                #expect(image[section] != nil, "\(section): \(image)")
            }
            #expect(image[".cmdline"]?["text"]?.string?.contains("roothash=\(hash)") == true, "\(image)")
            let kernel = try Digest.of(Files.read(project.path("programs.vmlinuz")))
            #expect(image[".linux"]?["sha256"]?.string == kernel, "\(image)")

            try project.debian.directory.makeDirectory("project/esp")
            try runChecked(["mcopy", "-s", "-n", "-i", "\(path)@@1M", "::/*", project.path("esp")])
            // Packages of the kernel have made no initrd of their own.
            #expect(try !Files.list(project.path("esp")).contains { $0.hasPrefix("initrd.img") })
            let list = [
                "env", "SYSTEMD_RELAX_ESP_CHECKS=1", "bootctl", "--esp-path=\(project.path("esp"))", "--json=short",
                "list",
            ]
            let text = try Self.run(list, in: tree, showing: project.debian.project).output
            let entries = try #require(JSON.parse(Array(text.utf8)).array)
            let entry = try #require(entries.first { $0["type"]?.string == "type2" }, "\(text)")
            #expect(entry["isDefault"] == .bool(true) && entry["id"]?.string?.hasSuffix(".efi") == true, "\(text)")
            #expect(entry["options"]?.string?.contains("roothash=\(hash)") == true, "\(text)")
        }
    }
}

import JSON
import Support
import System
import TestSupport
import Testing

/// Images after the specification of the Open Container Initiative, as other programs read them.
@Suite struct ContainerImageTests {
    /// What is the same for the image of each test: a file with two names, a link, and one that only root may read.
    private func project(_ user: TestUser) throws -> WalkProject {
        let project = try WalkProject(user)
        try project.directory.write("ID=home\n", to: "project/base/usr/lib/os-release")
        try project.directory.write("text\n", to: "project/base/usr/share/text", mode: 0o600)
        try runChecked([
            "ln", project.directory("project/base/usr/share/text"), project.directory("project/base/second"),
        ])
        try runChecked(["ln", "-s", "usr/share", project.directory("project/base/link")])
        try project.giveToUser()
        if user != .root, TestUser.isRoot {
            try runChecked(["chown", "-R", "\(TestUser.id):\(TestUser.id)", project.directory("project/base")])
        }
        return project
    }

    private static let options = [
        "--base-tree=base", "--format=oci", "--image-id=demo", "--image-version=1.2", "--output=image",
        "--oci-labels=maintainer=me shape=round", "--oci-annotations=org.opencontainers.image.vendor=us",
    ]

    private func json(_ path: String) throws -> JSON { try JSONText.decode(JSON.self, from: Files.read(path)) }

    private func blob(_ descriptor: JSON?, in layout: String) throws -> String {
        let digest = try #require(descriptor?["digest"]?.string)
        let path = "\(layout)/blobs/sha256/\(digest.dropFirst("sha256:".utf8.count))"
        #expect(try runChecked(["sha256sum", path]).output.hasPrefix(digest.dropFirst("sha256:".utf8.count)))
        #expect(descriptor?["size"]?.integer == Files.size(of: path))
        return path
    }

    @Test(
        "Every document names what is there by digest and size, and says what the settings say",
        arguments: [
            ("gz", "gzip", ["gzip", "-dc"]), ("zstd", "zstd", ["zstd", "-dc"]), ("none", "", ["cat"]),
        ]
    )
    func documents(compression: String, suffix: String, reader: [String]) throws {
        let project = try project(TestUser.available[0])
        let result = try project.mkosi(Self.options + ["--compress-output=\(compression)"])
        #expect(result.succeeded, "\(result)")
        let layout = project.directory("project/image")
        #expect(try json("\(layout)/oci-layout") == ["imageLayoutVersion": "1.0.0"])
        let reference = try #require(try json("\(layout)/index.json")["manifests"]?.array?.first)
        #expect(reference["annotations"] == ["org.opencontainers.image.ref.name": "demo"])
        let manifest = try json(try blob(reference, in: layout))
        #expect(manifest["annotations"]?["org.opencontainers.image.version"] == "1.2")
        #expect(manifest["annotations"]?["org.opencontainers.image.vendor"] == "us")
        #expect(manifest["annotations"]?["io.systemd.mkosi.version"] != nil)
        let configuration = try json(try blob(manifest["config"], in: layout))
        #expect(configuration["config"]?["Labels"] == ["maintainer": "me", "shape": "round"])
        #expect(configuration["config"]?["Cmd"] == ["/sbin/init"])
        #expect(configuration["created"] == "2020-09-13T12:26:40+00:00" && configuration["os"] == "linux")
        let descriptor = manifest["layers"]?.array?.first
        let type = "application/vnd.oci.image.layer.v1.tar" + (suffix.isEmpty ? "" : "+\(suffix)")
        #expect(descriptor?["mediaType"]?.string == type)
        let layer = try blob(descriptor, in: layout)
        let command = "\(ShellQuoting.line(reader + [layer])) | sha256sum"
        let content = try runChecked(["sh", "-c", command]).output.prefix(64)
        #expect(configuration["rootfs"]?["diff_ids"] == [.string("sha256:\(content)")])
    }

    @Test("A label of a megabyte arrives, though no argument of a program may be so long")
    func largeLabel() throws {
        let project = try project(TestUser.available[0])
        let label = String(repeating: "x", count: 1 << 20)
        try project.directory.write("[Output]\nOciLabels=large=\(label)\n", to: "project/mkosi.conf.d/label.conf")
        let result = try project.mkosi(Self.options.filter { !$0.hasPrefix("--oci-labels") })
        #expect(result.succeeded, "\(result.errors.suffix(1000))")
        let layout = project.directory("project/image")
        let reference = try #require(try json("\(layout)/index.json")["manifests"]?.array?.first)
        let manifest = try json(try blob(reference, in: layout))
        let configuration = try json(try blob(manifest["config"], in: layout))
        #expect(configuration["config"]?["Labels"]?["large"]?.string == label)
    }

    @Test("Each kind of user gets the same digests", .enabled(if: TestUser.available.count > 1, "needs root"))
    func everyUserGetsTheSameDigests() throws {
        var seen: [String] = []
        for user in TestUser.available {
            let project = try project(user)
            if user == .root { try runChecked(["chown", "-R", "0:0", project.directory("project/base")]) }
            let result = try project.mkosi(Self.options)
            #expect(result.succeeded, "\(result)")
            seen.append(try Files.readText(project.directory("project/image/index.json")))
        }
        #expect(Set(seen).count == 1, "\(seen)")
    }

    @Test(
        "skopeo and umoci read it, and umoci unpacks the tree that went in",
        .needsProgram("skopeo"),
        .needsProgram("umoci")
    )
    func otherPrograms() throws {
        let project = try project(TestUser.available[0])
        var result = try project.mkosi(Self.options)
        #expect(result.succeeded, "\(result)")
        let layout = project.directory("project/image")
        let report = try runChecked(["skopeo", "inspect", "oci:\(layout):demo"]).output
        #expect(report.contains("\"maintainer\": \"me\""), "\(report)")
        let bundle = project.directory("bundle")
        try runChecked(["umoci", "unpack", "--rootless", "--image", "\(layout):demo", bundle])
        result = try project.mkosi(["--base-tree=base", "--output=tree"])
        #expect(result.succeeded, "\(result)")
        let list = "cd \"$0\" && find . -printf '%p %y %m %l %n\\n' | sort && cat second"
        let unpacked = try runChecked(["sh", "-c", list, "\(bundle)/rootfs"]).output
        #expect(try runChecked(["sh", "-c", list, project.directory("project/tree")]).output == unpacked)
    }

    @Test("A compressor that the specification does not know is refused")
    func compressor() throws {
        let project = try project(TestUser.available[0])
        let result = try project.mkosi(Self.options + ["--compress-output=xz"])
        #expect(!result.succeeded, "\(result)")
        #expect(result.errors.contains("layers of an OCI image cannot be compressed with xz"), "\(result)")
        #expect(result.errors.contains("Set CompressOutput= to gz, zstd or no"), "\(result)")
        #expect(Files.kind(of: project.directory("project/image")) == nil)
    }
}

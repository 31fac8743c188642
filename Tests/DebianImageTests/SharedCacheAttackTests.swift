import Execution
import Support
import System
import TestSupport
import Testing

/// Packages and scripts that want to change what other projects will install.
@Suite(.needsDebian, .serialized)
struct SharedCacheAttackTests {
    /// Changes whatever index or package can be found, by any path.
    private static let attack = """
        for start in / /proc/1/root/ /proc/self/root/; do
            find "$start" -xdev \\( -name '*_Packages' -o -name '*InRelease' -o -name '*.refreshed' \\) 2>/dev/null
            find "$start" -path '*/metadata/*' -type f 2>/dev/null
        done | sort -u | while read -r file; do
            case $file in */metadata/*) echo poison >>"$file"; : >"${file%/*}/planted" ;; esac
        done 2>/dev/null
        exit 0
        """

    @Test("Neither a package nor a script of one project changes the caches of all", arguments: TestUser.sample(1))
    func poisoning(user: TestUser) throws {
        let debian = try DebianProject(user: user)
        let text = try Files.readText("\(debian.project)/mkosi.conf")
        let list = "Packages=\(DebianProject.packages.joined(separator: ","))"
        try debian.directory.write(
            text.replacing(list, with: "Packages=evil").replacing(
                "[Content]",
                with: "[Build]\nPackageCacheDirectory=cache\nWithNetwork=yes\n[Content]"
            ),
            to: "project/mkosi.conf"
        )
        try debian.directory.write(
            "Package: evil\nVersion: 1\nArchitecture: all\nMaintainer: N <n@example.org>\nDescription: x\n",
            to: "evil/DEBIAN/control"
        )
        try debian.directory.write("#!/bin/sh\n\(Self.attack)\n", to: "evil/DEBIAN/postinst", mode: 0o755)
        try debian.directory.makeDirectory("project/mkosi.packages")
        try debian.directory.makeDirectory("project/cache")
        try runChecked([
            "dpkg-deb", "--root-owner-group", "--build", debian.directory("evil"),
            "\(debian.project)/mkosi.packages/evil.deb",
        ])
        for name in ["mkosi.prepare", "mkosi.postinst", "mkosi.finalize"] {
            try debian.directory.write("#!/bin/sh\n\(Self.attack)\n", to: "project/\(name)", mode: 0o755)
        }
        if user != .root, TestUser.isRoot {
            try runChecked(["chown", "-R", "\(TestUser.id):\(TestUser.id)", debian.directory.path])
        }
        let result = try debian.mkosi()
        #expect(result.succeeded, "\(result)")
        let metadata = "\(debian.project)/cache/metadata"
        let found = try runChecked([
            "sh", "-euc", #"find "$1" -name planted; grep -rl '^poison$' "$1" || true; find "$1" -name '*_Packages'"#,
            "sh",
            metadata,
        ]).outputLines
        // What is left is the list of the indexes themselves, which were there to be attacked.
        #expect(!found.isEmpty && found.allSatisfy { $0.hasSuffix("_Packages") }, "\(found)")
        #expect(Set(found).count == found.count, "an index was changed: \(found)")
    }

    @Test("What a project brings for the package manager changes no metadata that others read")
    func hooks() throws {
        let debian = try DebianProject()
        let (cache, release) = (debian.directory("cache"), DebianProject.release)
        let mirror = "\(debian.project)/mirror"
        try debian.directory.makeDirectory("project/mirror")
        func lock() throws {
            // Nothing is fetched: what matters has run before that fails.
            let result = try debian.mkosi(["--package-cache-dir=\(cache)", "--mirror=file://\(mirror)", "lock"])
            #expect(result.status == .exited(1), "\(result)")
        }
        try lock()
        let shared = try Files.list("\(cache)/metadata").filter { $0.hasPrefix("debian~\(release)~") }
        #expect(shared.count == 1)
        let attack =
            "for place in \(cache)/metadata/*; do touch $place/planted; done; true"
        try debian.directory.write(
            "APT::Update::Pre-Invoke { \"\(attack)\"; };\n",
            to: "project/mkosi.sandbox/etc/apt/apt.conf.d/99hook"
        )
        try lock()
        // apt starts the program that has the name of a URL's scheme.
        try debian.directory.write("#!/bin/sh\n\(attack)\n", to: "project/mirror/method", mode: 0o755)
        let method = "--mirror=file://\(mirror) ../../../..\(mirror)/method:/x"
        let refused = try debian.mkosi(["--package-cache-dir=\(cache)", method, "lock"])
        #expect(refused.status == .exited(2) && refused.errors.contains("there is white space in"), "\(refused)")
        let planted = try runChecked(["find", "\(cache)/metadata", "-name", "planted"]).outputLines
        #expect(!planted.isEmpty, "the attack did not run")
        let own = "\(cache)/metadata/\(shared.first ?? "")"
        #expect(!planted.contains { $0.hasPrefix("\(own)/") }, "\(planted)")
    }
}

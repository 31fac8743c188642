import Glibc
import LabelKit
import Support
import System
import TestSupport
import Testing

/// Labels by the policy of a tree.
@Suite struct FileLabelsTests {
    private let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
        try directory.makeDirectory("tree/etc/selinux/sample/contexts/files")
        try directory.write(
            "# SELINUXTYPE=other\nSELINUX=enforcing\n SELINUXTYPE = sample \n",
            to: "tree/etc/selinux/config"
        )
        try directory.write(
            """
            /.*\tsystem_u:object_r:default_t:s0
            /\t-d\tsystem_u:object_r:root_t:s0
            /usr/(.*/)?bin(/.*)?\tsystem_u:object_r:bin_t:s0
            /usr/bin/link\t-l\tsystem_u:object_r:link_t:s0
            /etc/shadow[-+]?\t--\tsystem_u:object_r:shadow_t:s0
            /run/.*\t<<none>>

            """,
            to: "tree/etc/selinux/sample/contexts/files/file_contexts"
        )
        try directory.write(
            "/usr/lib64 /usr/bin\n",
            to: "tree/etc/selinux/sample/contexts/files/file_contexts.subs_dist"
        )
        try directory.write(
            "/home/[^/]+/.+\tunconfined_u:object_r:user_home_t:s0\n",
            to: "tree/etc/selinux/sample/contexts/files/file_contexts.homedirs"
        )
        try directory.write(
            "/srv/site(/.*)?\tsystem_u:object_r:site_t:s0\n",
            to: "tree/etc/selinux/sample/contexts/files/file_contexts.local"
        )
    }

    private func open(_ choice: LabelChoice) throws -> FileLabels? {
        try FileLabels.open(choice, root: directory("tree")) { Issue.record("\($0)") }
    }

    @Test(
        arguments: [
            ("/", S_IFDIR, "root_t"), ("/usr/bin/x", S_IFREG, "bin_t"), ("/usr/local/bin", S_IFDIR, "bin_t"),
            ("/usr/bin/link", S_IFREG, "bin_t"), ("/usr/bin/link", S_IFLNK, "link_t"),
            ("/etc/shadow", S_IFREG, "shadow_t"),
            ("/etc/shadow", S_IFDIR, "default_t"), ("/etc/shadow-", S_IFREG, "shadow_t"),
            ("/usr/lib64/x", S_IFREG, "bin_t"), ("/home/me/file", S_IFREG, "user_home_t"),
            ("/srv/site/x", S_IFREG, "site_t"),
            ("/run/x", S_IFREG, nil),
        ] as [(String, mode_t, String?)]
    )
    func aPathHasTheLabelOfItsRule(_ path: String, _ mode: mode_t, _ type: String?) throws {
        let labels = try #require(try open(.enabled))
        let label = try labels.label(of: BytePath(path), mode: UInt32(mode) | 0o644)
        guard let type else {
            #expect(label == nil)
            return
        }
        let text = String(decoding: try #require(label), as: UTF8.self)
        #expect(text.hasSuffix(":object_r:\(type):s0\0"), "\(text)")
    }

    @Test(arguments: [
        ("etc/selinux/config", "the image has no /etc/selinux/config"),
        (
            "etc/selinux/sample/contexts/files/file_contexts",
            "the image has no /etc/selinux/sample/contexts/files/file_contexts"
        ),
    ])
    func whatIsMissingIsNamed(_ file: String, _ reason: String) throws {
        try runChecked(["rm", directory("tree/\(file)")])
        #expect(try open(.auto) == nil)
        #expect(try open(.disabled) == nil)
        let error = #expect(throws: LabelError.self) { try open(.enabled) }
        #expect(error?.message == "SELinuxRelabel=yes: \(reason)")
    }

    @Test(arguments: ["SELINUX=disabled\n", "SELINUXTYPE=\n", "SELINUXTYPE=../sample\n"])
    func aPolicyWithoutAUsableNameIsNone(_ text: String) throws {
        try directory.write(text, to: "tree/etc/selinux/config")
        #expect(try open(.auto) == nil)
        #expect(throws: LabelError.self) { try open(.enabled) }
    }

    @Test func linksOfTheTreeLeadToPlacesInTheTree() throws {
        let files = "tree/etc/selinux/sample/contexts/files"
        try runChecked(["mkdir", "-p", directory("tree/usr/policy")])
        try runChecked(["mv", directory("\(files)/file_contexts"), directory("tree/usr/policy/file_contexts")])
        try runChecked(["ln", "-s", "/usr/policy/file_contexts", directory("\(files)/file_contexts")])
        let label = try #require(try open(.enabled)).label(of: "/etc/shadow", mode: UInt32(S_IFREG))
        #expect(label == Array("system_u:object_r:shadow_t:s0\0".utf8))
        // What is outside of the tree is never read.
        try runChecked(["rm", directory("tree/usr/policy/file_contexts")])
        try runChecked(["ln", "-sf", directory.path, directory("tree/usr/policy/file_contexts")])
        #expect(throws: LabelError.self) { try open(.enabled) }
    }
}

import Support
import Testing

@testable import Configuration

@Suite("Conditions")
struct ConditionTests {
    /// Returns true if a drop-in with these conditions is read, after a main file with these settings.
    private func isRead(_ conditions: String, after main: String = "") throws -> Bool {
        let project = try Project([
            "mkosi.conf": main,
            "mkosi.conf.d/a.conf": "\(conditions)\n[Content]\nHostname=read\n",
            "mkosi.conf.d/there": "",
        ])
        return try project.load()[.hostname] == "read"
    }

    @Test(
        "conditions that hold",
        arguments: [
            "[Match]\nDistribution=acme", "[Match]\nDistribution=acme-linux", "[Match]\nDistribution=!umbra",
            "[Match]\nRelease=anvil", "[Match]\nArchitecture=x86-64", "[Match]\nArchitecture=uefi",
            "[Match]\nHostArchitecture=x86-64", "[Match]\nFormat=plain", "[Match]\nImage=main",
            "[Match]\nPathExists=there", "[Match]\nPathExists=!nowhere", "[Match]\nPathExists=%C/there",
            "[Match]\nSystemdVersion=>=257", "[Match]\nSystemdVersion=<258", "[Match]\nSystemdVersion=!=257",
            "[Match]\nBootable=auto",
            "[Match]\nFormat=|box\nFormat=|plain", "[Match]\nFormat=|!box\nDistribution=acme",
            "[Match]\nFormat=plain\n[Match]\nDistribution=acme",
            "[TriggerMatch]\nFormat=box\n[TriggerMatch]\nFormat=plain\nDistribution=acme",
            "[Match]\nAcmeMode=slow", "[Assert]\nFormat=plain", "[Match]\n",
            "[TriggerAssert]\nFormat=box\n[TriggerAssert]\nFormat=plain",
        ]
    )
    func hold(conditions: String) throws {
        #expect(try isRead(conditions))
    }

    @Test(
        "conditions that do not hold",
        arguments: [
            "[Match]\nDistribution=umbra", "[Match]\nDistribution=nobody-has-it", "[Match]\nDistribution=!acme",
            "[Match]\nRelease=hammer", "[Match]\nArchitecture=arm64", "[Match]\nHostArchitecture=arm64",
            "[Match]\nFormat=box", "[Match]\nImage=other", "[Match]\nPathExists=nowhere",
            "[Match]\nSystemdVersion=>257.3", "[Match]\nSystemdVersion=257", "[Match]\nBootable=yes",
            "[Match]\nImageId=*", "[Match]\nImageVersion=>0", "[Match]\nProfiles=any", "[Match]\nRepositories=any",
            "[Match]\nEnvironment=GREETING", "[Match]\nBuildSources=kernel",
            "[Match]\nFormat=|box\nFormat=|drum", "[Match]\nFormat=|plain\nDistribution=umbra",
            "[Match]\nFormat=plain\n[Match]\nDistribution=umbra",
            "[TriggerMatch]\nFormat=box\n[TriggerMatch]\nFormat=plain\nDistribution=umbra",
            "[Match]\nFormat=box\n[TriggerMatch]\nFormat=plain",
        ]
    )
    func fail(conditions: String) throws {
        #expect(try !isRead(conditions))
    }

    @Test(
        "conditions ask for the values so far",
        arguments: [
            ("[Match]\nImageId=wid*", "[Output]\nImageId=widget", true),
            ("[Match]\nImageId=wid", "[Output]\nImageId=widget", false),
            ("[Match]\nImageVersion=>=1.10", "[Output]\nImageVersion=1.9", false),
            ("[Match]\nImageVersion=>=1.9", "[Output]\nImageVersion=1.10", true),
            ("[Match]\nImageVersion=1.10", "[Output]\nImageVersion=1.10", true),
            ("[Match]\nRepositories=extra", "[Distribution]\nRepositories=main,extra", true),
            ("[Match]\nRepositories=ext", "[Distribution]\nRepositories=main,extra", false),
            ("[Match]\nEnvironment=A", "[Build]\nEnvironment=A=1", true),
            ("[Match]\nEnvironment=A=1", "[Build]\nEnvironment=A=1", true),
            ("[Match]\nEnvironment=A=2", "[Build]\nEnvironment=A=1", false),
            ("[Match]\nBuildSources=/kernel", "[Build]\nBuildSources=.:kernel", false),
            ("[Match]\nBuildSources=kernel", "[Build]\nBuildSources=.:kernel", true),
            ("[Match]\nBootable=yes", "[Content]\nBootable=1", true),
            ("[Match]\nRelease=%r", "[Distribution]\nRelease=hammer", true),
            ("[Match]\nDistribution=umbra\nRelease=40", "[Distribution]\nDistribution=umbra", true),
        ]
    )
    func values(conditions: String, main: String, holds: Bool) throws {
        #expect(try isRead(conditions, after: main) == holds)
    }

    @Test("the command line is considered, files that come later are not")
    func moment() throws {
        let project = try Project([
            "mkosi.conf.d/a.conf": "[Match]\nImageId=x\n[Content]\nHostname=read\n",
            "mkosi.conf.d/b.conf": "[Output]\nImageId=x\n",
        ])
        #expect(try project.load()[.hostname] == nil)
        #expect(try project.load(("ImageId", "x"))[.hostname] == "read")
    }

    @Test("conditions of a main file decide about its whole directory")
    func directory() throws {
        let project = try Project([
            "mkosi.conf": "[Match]\nDistribution=umbra\n",
            "mkosi.conf.d/a.conf": "[Content]\nHostname=read\n",
            "mkosi.extra/": "",
        ])
        #expect(try project.load()[.hostname] == nil)
        #expect(try project.load()[.extraTrees] == [])
        #expect(try project.load(("Distribution", "umbra"))[.hostname] == "read")
        #expect(try project.load(("Distribution", "umbra"))[.extraTrees].count == 1)
    }

    @Test("assertions that do not hold end the work", arguments: ["Assert", "TriggerAssert"])
    func assertions(section: String) throws {
        let project = try Project(["mkosi.conf": "[\(section)]\nFormat=box\n"])
        #expect(
            project.failure()?.message
                == "\(project.directory)/mkosi.conf:1:1: the conditions of [\(section)] do not hold"
        )
        #expect(project.failure(("Format", "box")) == nil)
    }

    @Test("what cannot be a condition is refused")
    func unknown() throws {
        let project = try Project(["mkosi.conf": "[Match]\nHostname=x\n"])
        #expect(project.failure()?.message == "\(project.directory)/mkosi.conf:2:1: Hostname= cannot be a condition")
        try project.write("mkosi.conf", "[Match]\nDistributon=x\n")
        #expect(project.failure()?.hint == "Did you mean Distribution=?")
    }

    @Test("versions in the order of the UAPI group's specification")
    func versions() {
        let order = [
            "~", "", "0~rc1", "0", "00.1~a", "0.1", "0.1-1", "0.1^post", "0.1.0", "0.1.a", "0.1.b", "0.2", "0.10", "1a",
            "2", "123.1", "124",
        ]
        // Each is newer than those before it, whichever side it is on.
        for (index, left) in order.enumerated() {
            for (other, right) in order.enumerated() where left != right {
                let expected = index < other ? -1 : 1
                #expect(VersionText.compare(left, right).signum() == expected, "\(left) and \(right)")
            }
        }
        #expect(VersionText.compare("1_2", "12") != 0)
        #expect(VersionText.compare("01.02", "1.2") == 0)
        #expect(VersionText.satisfies("1.2", "<= 1.2"))
        #expect(!VersionText.satisfies("1.2", "!=1.2"))
    }
}

import DistributionKit
import PluginWire
import Testing

@testable import OpensusePlugin

/// What zypper writes with `--xmlout`, recorded from zypper 1.14.
@Suite struct ZypperAnswerTests {
    private static func answer(_ body: String) -> ZypperAnswer {
        ZypperAnswer(Array("<?xml version='1.0'?>\n<stream>\n\(body)\n</stream>\n".utf8))
    }

    @Test func packagesAreThoseOfEachList() throws {
        let answer = Self.answer(
            """
            <message type="info">Resolving package dependencies...</message>
            <install-summary download-size="2285718" space-usage-diff="2266995" packages-to-change="3">
            <to-upgrade>
            <solvable type="package" name="library" edition="1:2.0-1" edition-old="1:1.0-1" arch="noarch"/>
            </to-upgrade>
            <to-install>
            <solvable type="package" name="a-b" edition="2.0~rc1-3.1" arch="x86_64" summary="&lt;to-remove&gt;">
            <description>Problem: none &amp; nothing</description></solvable>
            <solvable type="pattern" name="base" edition="1-1" arch="x86_64"/>
            </to-install>
            </install-summary>
            <prompt id="0"><text>Continue?</text></prompt>
            """
        )
        #expect(answer.chosen.map(\.text) == ["library-1:2.0-1.noarch", "a-b-2.0~rc1-3.1.x86_64"])
        #expect(answer.failure(status: 0) == nil)
    }

    @Test func aMissingPackageIsNamed() throws {
        let answer = Self.answer(
            """
            <message type="info">&apos;nowhere&apos; not found in package names. Trying capabilities.</message>
            <message type="error">No provider of &apos;nowhere&apos; found.</message>
            """
        )
        let failure = try #require(answer.failure(status: 104)?.failure)
        let error = failure.error
        #expect(error.message == "there is no package nowhere")
        #expect(error.data?.subject == "nowhere")
        #expect(!failure.needsFileLists)
    }

    @Test func problemsAreNamedWithoutTheSolutions() throws {
        let answer = Self.answer(
            """
            <prompt id="1">
            <description>Problem: enemy-2.0-1.noarch conflicts with tool provided by tool-2.0-3.noarch
             Solution 1: do not install enemy-2.0-1.noarch
             Solution 2: do not install tool-2.0-3.noarch
            </description>
            <text>Choose from above solutions by number or cancel</text>
            </prompt>
            """
        )
        let error = try #require(answer.failure(status: 4)?.failure?.error)
        #expect(
            error.message == "these packages cannot be installed together: enemy-2.0-1.noarch conflicts with tool "
                + "provided by tool-2.0-3.noarch"
        )
    }

    @Test func aPathThatIsMissingMayBeInTheListsOfFiles() {
        let answer = Self.answer("<message type=\"error\">No provider of &apos;/usr/lib/x&apos; found.</message>")
        #expect(answer.failure(status: 104)?.failure?.needsFileLists == true)
    }

    @Test func nothingIsRemovedForTheSakeOfAPackage() throws {
        let answer = Self.answer(
            """
            <to-remove><solvable type="package" name="tool" edition="2.0-3" arch="noarch"/></to-remove>
            <to-install><solvable type="package" name="enemy" edition="2.0-1" arch="noarch"/></to-install>
            """
        )
        let error = answer.failure(status: 0)?.failure?.error
        #expect(error?.message.hasSuffix("without the removal of tool") == true)
    }

    @Test(arguments: ["tool", "tool.noarch", "tool=2.0", "tool >= 1"]) func aWordAsksForAPackage(_ word: String) throws
    {
        let identity = try #require(RPMIdentity("tool-2.0-3.noarch"))
        #expect(Zypper.isName(word, of: identity))
        #expect(!Zypper.isName("to" + word, of: identity))
    }

    @Test(arguments: [
        (["kernel=1", "kernel=2"], true), (["kernel=1", "kernel>=2"], true), (["kernel=1", "kernel=1", "tool"], false),
        (["kernel", "kernel=1"], false), (["kernel=1", "kernel-devel=1"], false),
    ])
    func severalVersions(_ words: [String], _ expected: Bool) {
        #expect(Zypper.namesSeveralVersions(words) == expected)
    }
}

import PluginWire
import Testing

@testable import PluginHost

/// What is in a tree after an installation, against what was to be installed.
@Suite
struct InstalledDifferenceTests {
    private static func installed(_ words: [String]) -> [ABI.V1.InstalledPackage] {
        words.map { word in
            let parts = word.split(separator: "=").map(String.init)
            return ABI.V1.InstalledPackage(
                name: parts[0].replacing("+", with: ""),
                version: parts[1],
                architecture: parts.count > 2 ? parts[2] : "all"
            )
        }
    }

    /// A plus sign in front of the name is for a package beside other versions.
    private static func resolved(_ words: [String]) -> [ABI.V1.Package] {
        zip(words, installed(words)).map { word, package in
            var resolved = ABI.V1.Package(
                name: package.name,
                version: package.version,
                architecture: package.architecture,
                urls: [],
                size: 0,
                sha256: "",
                fileName: ""
            )
            if word.hasPrefix("+") { resolved.alongside = true }
            return resolved
        }
    }

    private static let cases: [([String], [String], [String], String?)] = [
        (["a=1"], [], ["a=1"], nil),
        (["a=1"], ["b=2"], ["a=1", "b=2"], nil),
        (["a=2"], ["a=1"], ["a=2"], nil),
        (["a=1"], ["a=1"], ["a=1"], nil),
        (["a=1=x", "a=1=y"], [], ["a=1=y", "a=1=x"], nil),
        ([], ["k=1", "k=2"], ["k=2", "k=1"], nil),
        (["+k=1", "+k=2"], [], ["k=2", "k=1"], nil),
        (["+k=2"], ["k=1"], ["k=1", "k=2"], nil),
        (["+k=2"], ["k=1", "k=2"], ["k=1", "k=2"], nil),
        (["+k=2"], ["k=1"], ["k=2"], "k (all) has version 2 and not 1 and 2"),
        (["+k=1", "+k=2"], [], ["k=2"], "k (all) has version 2 and not 1 and 2"),
        (["a=1"], [], [], "a (all) 1 is missing"),
        (["a=2"], ["a=1"], ["a=1"], "a (all) has version 1 and not 2"),
        (["a=2"], ["a=1"], ["a=1", "a=2"], "a (all) has version 1 and 2 and not 2"),
        (["a=1"], [], ["a=1", "c=3"], "c (all) 3 was added"),
        (["a=1"], ["b=2"], ["a=1"], "b (all) 2 was removed"),
        (["a=1"], ["b=2"], ["a=1", "b=3"], "b (all) has version 3 and not 2"),
        (["a=1=x"], [], ["a=1=y"], "a (x) 1 is missing, a (y) 1 was added"),
        ([], ["k=1", "k=2"], ["k=2"], "k (all) has version 2 and not 1 and 2"),
        // To Swift's strings both are the same.
        (["\u{E9}=1"], [], ["e\u{301}=1"], "was added, "),
    ]

    @Test(arguments: cases)
    func oneSentence(packages: [String], before: [String], after: [String], sentence: String?) throws {
        do throws(AnswerFlaw) {
            try InstalledDifference.check(
                Self.resolved(packages),
                before: Self.installed(before),
                after: Self.installed(after)
            )
            #expect(sentence == nil)
        } catch {
            let sentence = try #require(sentence, "\(error.reason)")
            #expect(error.reason.hasPrefix("did not install the resolved packages: "))
            #expect(error.reason.contains(sentence), "\(error.reason)")
        }
    }

    @Test
    func manyDifferencesAreCounted() throws {
        let flaw = try #require(throws: AnswerFlaw.self) {
            try InstalledDifference.check(Self.resolved((0..<100).map { "p\($0)=1" }), before: [], after: [])
        }
        #expect(flaw.reason.hasSuffix(" and 92 more differences"))
    }
}

import ByteKeys
import PluginWire
import Testing

@testable import PostmarketosPlugin

@Suite struct SolverTests {
    /// Records from `NAME VERSION letter:value …`, a line each.
    private static func candidates(_ text: String) -> [Solver.Candidate] {
        let records = text.split(separator: "\n").map { line in
            let fields = line.split(separator: "|").map(String.init)
            return (["P:\(fields[0])", "V:\(fields[1])"] + fields.dropFirst(2)).joined(separator: "\n") + "\n\n"
        }
        return IndexRecord.parse(records.joined()).map { Solver.Candidate(record: $0, repository: 0) }
    }

    private static func names(
        _ index: String,
        _ requests: [String],
        installed: [String] = [],
        kept: ByteDictionary<String> = [:]
    ) throws -> [String] {
        let installed = installed.flatMap { candidates($0) }.map(\.record)
        return try Solver(candidates(index)).solve(requests, installed: installed, kept: kept).packages.map {
            "\($0.record.name)-\($0.record.version)"
        }
    }

    @Test func theNewestIsChosenAfterWhatItNeeds() throws {
        let index = "app|1|D:lib>=2\napp|2|D:lib>=2 so:c.1\nlib|1\nlib|10\nlib|9\nmusl|1|p:so:c.1=1"
        #expect(try Self.names(index, ["app"]) == ["lib-10", "musl-1", "app-2"])
        #expect(try Self.names(index, ["app"], installed: ["lib|9"]) == ["musl-1", "app-2"])
        #expect(try Self.names(index, ["app"], installed: ["lib|1", "musl|1|p:so:c.1=1"]) == ["lib-10", "app-2"])
        #expect(try Self.names(index, ["app"], kept: ["lib": "9"]) == ["lib-9", "musl-1", "app-2"])
    }

    @Test func ownPackagesAreChosenIfNothingNeedsNewerOnes() throws {
        var candidates = Self.candidates("app|1|D:lib\nother|1|D:lib>1\nlib|1\nlib|2")
        candidates[2].isOwn = true
        for (request, version) in [("app", "1"), ("other", "2")] {
            let chosen = try Solver(candidates).solve([request]).packages
            #expect(chosen.map(\.record.version) == [version, "1"])
        }
    }

    @Test func aLaterConditionChangesAnEarlierChoice() throws {
        let index = "a|1|D:lib\nb|1|D:lib<10\nlib|10\nlib|9"
        #expect(try Self.names(index, ["a", "b"]) == ["lib-9", "a-1", "b-1"])
    }

    @Test func providersAreChosenByPriorityAndVersion() throws {
        let index = "one|1|p:virtual=1|k:5\ntwo|1|p:virtual=2|k:1\nthree|1|p:other=1\nfour|1|p:other=3"
        #expect(try Self.names(index, ["virtual", "other"]) == ["one-1", "four-1"])
    }

    @Test func circlesEnd() throws {
        #expect(try Set(Self.names("a|1|D:b\nb|1|D:a", ["a"])) == ["a-1", "b-1"])
    }

    @Test func whatIsWantedWithOthersComesByItself() throws {
        let index = "a|1\nb|1\nab|1|i:a b|D:c\nc|1\nx|1|i:a missing"
        #expect(try Self.names(index, ["a", "b"]) == ["a-1", "b-1", "c-1", "ab-1"])
        #expect(try Self.names(index, ["a"]) == ["a-1"])
        #expect(try Self.names(index, ["b"], installed: ["a|1"]) == ["b-1", "c-1", "ab-1"])
    }

    @Test func failuresNameThePackage() {
        let index = "a|1|D:nowhere\nb|1|D:lib>5\nlib|1\nc|1|D:!lib lib2\nlib2|1|D:lib"
        for (request, word) in [
            ("zzz", "zzz"), ("a", "a needs nowhere"), ("b", "b needs lib>5"), ("c", "c conflicts with lib"),
        ] {
            #expect {
                try Self.names(index, [request])
            } throws: { error in
                (error as? ErrorObject)?.message.contains(word) == true
            }
        }
    }
}

import Testing

@testable import Sandbox

@Suite struct IDMapTests {
    @Test func theIdentityCoversWhatExistsHere() {
        let nested = "         0       1000          1\n         1     100000      65535\n"
        #expect(IDMap.identity(of: nested).text == "0 0 1\n1 1 65535\n")
        #expect(IDMap.identity(of: "0 0 4294967295\n").count == 4_294_967_295)
    }

    @Test func theFirstSufficientRangeIsTaken() {
        let file = """
            # comment
            other:1:65536
            user:5000:10
            user:100000:65536
            user:900000:70000
            1007:400000:65536
            broken:line
            user:x:65536
            """
        #expect(SubordinateRange.first(in: file, name: "user", id: 1000)?.start == 100_000)
        #expect(SubordinateRange.first(in: file, name: nil, id: 1007)?.start == 400_000)
        #expect(SubordinateRange.first(in: file, name: "nobody", id: 9) == nil)
        #expect(SubordinateRange.first(in: "u:4294967000:65536", name: "u", id: 1) == nil)
        // Swift has the end of a line of another system as one character.
        let lines = "a:1:65536\r\nuser:100000:65536\r\n"
        #expect(SubordinateRange.first(in: lines, name: "user", id: 1000)?.start == 100_000)
        #expect(SubordinateRange.freeStart(in: lines) == 165_536)
    }

    @Test func aRangeThatOverlapsNoneIsProposed() {
        #expect(SubordinateRange.freeStart(in: "") == 100_000)
        #expect(SubordinateRange.freeStart(in: "a:100000:65536\nb:300000:10\nc:7:7\nd:x:y\n") == 300_010)
        #expect(SubordinateRange.freeStart(in: "a:4294967000:65536\n") == 100_000)
    }

    @Test func theUserIsRootAndTheRangeFollows() {
        let map = SubordinateRange(start: 100_000, count: 65536).map(user: 1000)
        #expect(map.text == "0 1000 1\n1 100000 65535\n")
        #expect(map.arguments == ["0", "1000", "1", "1", "100000", "65535"])
    }
}

import ByteKeys
import Testing

/// Names that are canonically equivalent, as Swift compares them, are different names.
@Suite struct ByteKeyTests {
    private let composed = "caf\u{e9}"
    private let decomposed = "cafe\u{301}"

    @Test("A set of names finds only the same bytes, however it is asked")
    func sets() {
        #expect(composed == decomposed)
        let set: ByteSet = [composed, "b"]
        let both = set.union([decomposed])
        #expect(set.contains(composed) && set.contains(composed[...]))
        #expect(!set.contains(decomposed) && !set.contains(decomposed[...]) && !set.contains("cafe\u{301}"))
        #expect([composed, decomposed].filter(set.contains).count == 1)
        #expect([composed, decomposed].filter { set.contains($0) }.count == 1)
        #expect(both.count == 3 && both.subtracting([composed]).count == 2)
        #expect(set.isSubset(of: both) && !both.isSubset(of: set) && set.isDisjoint(with: [decomposed]))
        #expect(set.intersection([decomposed, "b"]).count == 1)
        #expect(both.sorted().map { Array($0.utf8) } == ["b", decomposed, composed].map { Array($0.utf8) })
        #expect(set != [decomposed, "b"])
    }

    @Test("A dictionary by names has an entry for each spelling")
    func dictionaries() {
        var dictionary: ByteDictionary<Int> = [composed: 1, decomposed: 2]
        #expect(dictionary[composed] == 1 && dictionary[decomposed] == 2)
        dictionary.removeValue(forKey: composed)
        #expect(dictionary[composed] == nil && dictionary.count == 1)
    }

    @Test("A line feed behind a carriage return is one character, but two bytes")
    func bytes() {
        #expect(["a\r\nb"].containsBytes(of: "a\r\nb") && !["a\r\nb"].containsBytes(of: "a\nb"))
        #expect("a/\u{301}b".bytewiseSplit(at: "/").rest == "\u{301}b")
        #expect("a/\u{301}b".dropping(prefix: "a/") == "\u{301}b")
    }
}

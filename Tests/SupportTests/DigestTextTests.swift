import Support
import Testing

@Suite struct DigestTextTests {
    @Test func digestsHaveOneForm() {
        let digits = String(repeating: "0a", count: 32)
        #expect(DigestText(digits)?.text == digits)
        for text in ["", "../\(digits.dropFirst(3))", digits.uppercased(), "\(digits)0", String(digits.dropLast())] {
            #expect(DigestText(text) == nil)
        }
    }
}

import Testing

@testable import DistributionKit

/// Keys as text, as repositories publish them.
@Suite struct ArmoredKeyTests {
    private static func block(_ lines: String...) -> String {
        (["-----BEGIN PGP PUBLIC KEY BLOCK-----"] + lines + ["-----END PGP PUBLIC KEY BLOCK-----", ""])
            .joined(separator: "\n")
    }

    @Test func blocksAreDecodedAndJoined() {
        let text = "Key:\n" + Self.block("Comment: x", "", "AAEC", "Aw==", "=abcd") + Self.block("", "/+8=")
        #expect(ArmoredKey.bytes(of: text) == [0, 1, 2, 3, 0xFF, 0xEF])
        #expect(
            ArmoredKey.bytes(of: text.split(separator: "\n").joined(separator: " \r\n ")) == [0, 1, 2, 3, 0xFF, 0xEF]
        )
    }

    @Test(arguments: ["", "no key", block("", "A*EC"), block("", "AAE"), block("", "AA=C"), block("", "A===")])
    func otherTextIsNoKey(text: String) {
        #expect(ArmoredKey.bytes(of: text) == nil)
    }
}

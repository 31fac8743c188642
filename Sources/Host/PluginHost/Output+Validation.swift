public import PluginWire

extension ABI.V1.Output {
    /// What is wrong with the digest, in words that follow the plugin's name; nil: nothing, or there is none.
    public var digestFlaw: String? {
        guard let sha256 else { return nil }
        let isDigit = { (byte: UInt8) in "0123456789abcdef".utf8.contains(byte) }
        if sha256.utf8.count == 64, sha256.utf8.allSatisfy(isDigit) { return nil }
        let shown = Excerpt.text(String(sha256.prefix(80)))
        return "gives \"\(shown)\" as the SHA-256 of \(Excerpt.text(name)), not 64 lower-case hexadecimal digits"
    }
}

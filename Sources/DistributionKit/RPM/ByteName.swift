import Crypto

/// Names of files for texts that cannot be names themselves, such as URLs.
enum ByteName {
    /// 16 hexadecimal digits that differ as texts do.
    static func hash(_ text: String) -> String {
        // The digest of a short text in memory cannot fail.
        String(((try? Digest.of(Array(text.utf8))) ?? text).prefix(16))
    }
}

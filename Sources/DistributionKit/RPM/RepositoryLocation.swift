/// Values of a repository's metadata that become parts of paths and URLs.
enum RepositoryLocation {
    /// Returns true if a location, relative to its repository, is inside of it however it is decoded.
    static func isPlain(_ location: String) -> Bool {
        let parts = location.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        return isText(location) && parts.allSatisfy { !$0.isEmpty && isPart($0) }
    }

    /// Returns true for a URL from which packages or indexes may be fetched.
    ///
    /// `allowsFiles` is true if the list or repository that names the URL is itself on this host: others must not lead
    /// to files of the host.
    static func isFetchable(_ url: String, allowsFiles: Bool) -> Bool {
        let schemes = ["http://", "https://"] + (allowsFiles ? ["file:/"] : [])
        return isText(url) && schemes.contains { url.hasPrefix($0) }
    }

    /// Returns true if a text can be a part of the name of a package, and of its file.
    static func isName(_ text: String) -> Bool {
        isText(text) && !text.utf8.contains(UInt8(ascii: "/")) && ![".", "-"].contains(text.prefix(1))
    }

    private static func isText(_ text: String) -> Bool {
        !text.isEmpty && !text.utf8.contains { $0 < 0x20 || $0 == 0x7F }
    }

    /// False for `.` and `..`, and for what a decoder of URLs turns into them, a slash or NUL.
    private static func isPart(_ bytes: some Collection<UInt8>) -> Bool {
        let text = String(decoding: bytes, as: UTF8.self).lowercased()
        if ["%2f", "%5c", "%00"].contains(where: text.contains) { return false }
        let plain = text.replacing("%2e", with: ".")
        return plain != "." && plain != ".."
    }
}

import PluginWire
import Support
import System

extension ABI.V1.Fetch {
    /// Returns true if a URL is of a kind that the host downloads.
    static func canBeFetched(_ url: String) -> Bool {
        let isClean = url.utf8.allSatisfy { $0 > 0x20 && $0 != 0x7F }
        return isClean && ["http://", "https://", "file:/"].contains { url.utf8.starts(with: $0.utf8) }
    }

    /// Throws for invalid members.
    func check() throws(ErrorObject) {
        func flaw(_ message: String) -> ErrorObject { ErrorObject(code: .invalidParameters, message: message) }
        guard !urls.isEmpty else { throw flaw("params.urls is empty") }
        if let url = urls.first(where: { !Self.canBeFetched($0) }) {
            throw flaw("params.urls has \(AnswerFlaw.quoted(url)), which is not an http:, https: or file: URL")
        }
        let isPath = Paths.isAbsolute(path) && RelativePath(String(path.dropFirst())) != nil
        guard isPath else { throw flaw("params.path is not the absolute path of a file: \(AnswerFlaw.quoted(path))") }
        if let sha256, DigestText(sha256) == nil {
            throw flaw("params.sha256 is \(AnswerFlaw.quoted(sha256)), not 64 lower-case hexadecimal digits")
        }
        guard further?.allSatisfy({ $0.further == nil }) != false else {
            throw flaw("params.further has a file with further ones of its own")
        }
    }
}

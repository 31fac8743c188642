import Glibc
import System

/// The SELinux policy of a tree, as its selinux_config(5) names it.
public struct SecurityPolicy: Sendable, Equatable {
    /// `SELINUXTYPE=`: `targeted`, `default`, `minimum`.
    public var type: String
    /// The file_contexts(5) of the policy on the host, below the tree; links in the tree were followed inside it.
    public var contexts: String

    /// The name of the file with what is configured.
    static let configuration = "/etc/selinux/config"

    /// Finds the policy of a tree.
    ///
    /// - Parameter root: The directory that the tree is in.
    /// - Returns: The policy.
    /// - Throws: What is missing, as a sentence's end: "there is no /etc/selinux/config".
    public static func find(inTree root: String) throws(Missing) -> SecurityPolicy {
        guard let path = Files.place(configuration, inTree: root), Files.kind(of: path) == S_IFREG,
            let text = try? Files.readText(path)
        else { throw Missing(reason: "the image has no \(configuration)") }
        guard let type = type(in: text), isName(type) else {
            throw Missing(reason: "\(configuration) of the image names no policy with SELINUXTYPE=")
        }
        let place = "/etc/selinux/\(type)/contexts/files/file_contexts"
        guard let contexts = Files.place(place, inTree: root), Files.kind(of: contexts) == S_IFREG else {
            throw Missing(reason: "the image has no \(place)")
        }
        return SecurityPolicy(type: type, contexts: contexts)
    }

    /// The reason why a tree has no policy by which files can be labelled.
    public struct Missing: Error, Sendable, Equatable {
        public var reason: String
    }

    /// The last assignment is used, as by libselinux; a `#` only begins a comment at the beginning of a line.
    private static func type(in text: String) -> String? {
        var type: String?
        for line in text.split(separator: "\n") {
            let words = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard words.count == 2, trimmed(words[0]) == "SELINUXTYPE" else { continue }
            type = trimmed(words[1])
        }
        return type
    }

    private static func trimmed(_ text: Substring) -> String {
        let isSpace: (Character) -> Bool = { $0 == " " || $0 == "\t" || $0 == "\r" }
        return String(text.drop(while: isSpace).reversed().drop(while: isSpace).reversed())
    }

    /// A name that stays where policies are.
    private static func isName(_ text: String) -> Bool {
        !text.isEmpty && text != "." && text != ".." && !text.utf8.contains(UInt8(ascii: "/"))
    }
}

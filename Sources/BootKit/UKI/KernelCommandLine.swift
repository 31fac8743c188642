/// The command line of a kernel, with what is known only once the partitions of a disk are written.
public struct KernelCommandLine: Sendable, Equatable {
    /// Words in their order.
    public var words: [String]

    /// Completes the configured words by facts about partitions.
    ///
    /// `root=PARTUUID` and `mount.usr=PARTUUID` get the identifiers of the partitions, as the manual promises. A root hash
    /// is put in front, so that a configured `roothash=` or `usrhash=` comes after it.
    ///
    /// - Parameters:
    ///   - words: As `KernelCommandLine=` has them.
    ///   - facts: `root-partition`, `usr-partition`, `roothash` and `usrhash`, each missing where it is not known.
    /// - Throws: `BootError` if a word needs an identifier that is not known.
    public init(_ words: [String], facts: [String: String]) throws(BootError) {
        var completed = ["roothash", "usrhash"].compactMap { name in facts[name].map { "\(name)=\($0)" } }
        for word in words {
            guard let role = Self.placeholders[word] else {
                completed.append(word)
                continue
            }
            guard let identifier = facts["\(role)-partition"] else {
                throw BootError(
                    .input,
                    "KernelCommandLine=\(word) needs the identifier of a partition for \(role == "root" ? "/" : "/usr"), "
                        + "and no such partition is known",
                    hint: "Use it with a disk image that has one, and that a boot loader is installed in"
                )
            }
            completed.append("\(word)=\(identifier)")
        }
        self.words = completed
    }

    /// The same words, and one that names the partition of the system if none of them does.
    ///
    /// - Parameter facts: As above.
    /// - Returns: The words; as they are where nothing is known of partitions, or a root hash names them.
    public func namingRoot(facts: [String: String]) -> KernelCommandLine {
        let names = ["root=", "mount.usr=", "roothash=", "usrhash="]
        if words.contains(where: { word in names.contains { word.hasPrefix($0) } }) { return self }
        var named = self
        if let root = facts["root-partition"] {
            named.words.append("root=PARTUUID=\(root)")
        } else if let usr = facts["usr-partition"] {
            named.words.append("mount.usr=PARTUUID=\(usr)")
        }
        return named
    }

    /// Words that stand for the partition of a role.
    private static let placeholders = ["root=PARTUUID": "root", "mount.usr=PARTUUID": "usr"]

    /// The digest that tells images of one kernel apart; nil where no partition is verified.
    public var rootHash: String? {
        words.lazy.compactMap { word -> String? in
            ["roothash=", "usrhash="].first { word.hasPrefix($0) }.map { String(word.dropFirst($0.count)) }
        }.first
    }
}

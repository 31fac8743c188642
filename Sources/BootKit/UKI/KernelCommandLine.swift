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

    /// The same words, and those that name the partition of the system if none of them does.
    ///
    /// One that is encrypted is opened as `root` or `usr` (systemd-cryptsetup-generator(8)).
    ///
    /// - Parameter facts: As above; `root-luks` and `usr-luks` are the identifiers of LUKS headers.
    /// - Returns: The words; as they are where nothing is known of partitions, or a root hash names them.
    public func namingRoot(facts: [String: String]) -> KernelCommandLine {
        let names = ["root=", "mount.usr=", "roothash=", "usrhash="]
        if words.contains(where: { word in names.contains { word.hasPrefix($0) } }) { return self }
        var named = self
        for (role, word) in [("root", "root"), ("usr", "mount.usr")] {
            guard let partition = facts["\(role)-partition"] else { continue }
            if let header = facts["\(role)-luks"] {
                named.words += ["rd.luks.name=\(header)=\(role)", "\(word)=/dev/mapper/\(role)"]
            } else {
                named.words.append("\(word)=PARTUUID=\(partition)")
            }
            break
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

import ByteKeys

/// What the scripts of a step have read of what every script may read; the rest does not make them run again.
struct ScriptUse: Codable, Sendable, Equatable {
    /// True if they have opened the file with the configuration.
    var readsConfiguration = true
    /// The files of the build sources that they have opened, by their place, with digests; nil: all of them count.
    var sources: ByteDictionary<String>?

    /// What need not be the same for them to do the same.
    enum Unread: String, CaseIterable {
        case configuration
        case sources
    }

    var unread: Set<Unread> {
        var unread: Set<Unread> = readsConfiguration ? [] : [.configuration]
        if sources != nil { unread.insert(.sources) }
        return unread
    }
}

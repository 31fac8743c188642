import ByteKeys

/// The part of everything that scripts may read which those of a step have read; the rest does not make them run again.
struct ScriptUse: Codable, Sendable, Equatable {
    /// True if they have opened the file with the configuration.
    var readsConfiguration = true
    /// The files of the build sources that they have opened, by their place, with digests; nil: all of them count.
    var sources: ByteDictionary<String>?

    /// The inputs that need not be the same for scripts to do the same.
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

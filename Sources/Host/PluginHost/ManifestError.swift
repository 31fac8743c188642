/// The problem of a manifest: the member, and the reason.
struct ManifestError: Error, Sendable, Equatable {
    /// The way to the member, such as `provides.formats[0].name`; empty for the whole file.
    var member: String
    /// The rest of a sentence that begins with the member.
    var reason: String
}

extension TarArchive {
    /// Appends a file of a package.
    ///
    /// - Parameters:
    ///   - file: The file, whose path is absolute.
    ///   - root: The name of the root directory: `./` in deb(5), nothing in other formats.
    ///   - hasNames: True if the names of the owners are in the archive, and not their numbers alone.
    ///   - attributes: Extended headers of the file, for an archive of pax.
    mutating func append(
        _ file: SampleFile,
        below root: String = "",
        hasNames: Bool = false,
        attributes: [(name: String, value: [UInt8])] = []
    ) {
        func member(_ path: String) -> String { root + path.dropFirst() }
        var (path, mode, content, link) = (member(file.path), file.mode, [UInt8](), "")
        let kind: Kind
        switch file.kind {
        case .directory:
            kind = .directory
            if path != root { path += "/" }
        case .regular(let bytes): (kind, content) = (.regular, bytes)
        case .symbolicLink(let target): (kind, mode, link) = (.symbolicLink, 0o777, target)
        case .hardLink(let other): (kind, link) = (.hardLink, member(other))
        }
        append(
            path,
            kind,
            mode: mode,
            content: content,
            link: link,
            owner: (file.userID, file.groupID),
            names: hasNames ? (file.user, file.group) : ("", ""),
            modified: file.modified,
            attributes: kind == .regular ? attributes : []
        )
    }
}

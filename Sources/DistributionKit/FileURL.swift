import ByteKeys
public import PluginWire

/// URLs of files on the host.
public enum FileURL {
    /// The path that a `file:` URL means; nil for other URLs.
    public static func path(_ url: String) -> String? {
        for prefix in ["file://localhost/", "file:///", "file:/", "copy:/"] where url.hasPrefix(prefix) {
            return "/" + url.dropFirst(prefix.count)
        }
        return nil
    }

    /// Returns mounts for mirrors that are directories of the host, which the sandbox does not see otherwise.
    ///
    /// - Parameters:
    ///   - urls: Of mirrors, or of directories below them.
    ///   - workspace: What is below it is visible in any case.
    /// - Returns: Mounts at the same paths, each once.
    public static func mounts(_ urls: [String], workspace: String) -> [ABI.V1.Mount] {
        let directories = ByteSet(urls.compactMap(path).map(withoutSlash))
        return directories.sorted().filter { !$0.isEmpty && !$0.hasPrefix(workspace + "/") }.map { directory in
            var mount = ABI.V1.Mount(source: directory, target: directory)
            mount.optional = true
            return mount
        }
    }

    /// A URL or path without slashes at its end.
    public static func withoutSlash(_ url: String) -> String {
        var url = Substring(url)
        while url.hasSuffix("/") { url = url.dropLast() }
        return String(url)
    }
}

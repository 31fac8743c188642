import Glibc

extension Files {
    /// As many links as the kernel follows (path_resolution(7)).
    private static let linkLimit = 40

    /// The place of a path of a tree once all links are followed, each to a place in the tree.
    ///
    /// For trees of images that nothing changes meanwhile: a link is read as text, so that none leads out.
    ///
    /// - Parameters:
    ///   - path: A path of the tree, with or without a slash in front.
    ///   - root: The directory that the tree is in.
    /// - Returns: The place below `root`, without links; nil where nothing is there.
    public static func place(_ path: String, inTree root: String) -> String? {
        var rest = reversedComponents(path)
        var place: [String] = []
        var followed = 0
        while let name = rest.popLast() {
            if name == "." { continue }
            if name == ".." {
                _ = place.popLast()
                continue
            }
            let current = ([root] + place + [name]).joined(separator: "/")
            guard let type = Files.kind(of: current) else { return nil }
            guard type == S_IFLNK else {
                place.append(name)
                continue
            }
            followed += 1
            guard followed <= linkLimit, let target = linkText(current) else { return nil }
            if Paths.isAbsolute(target) { place = [] }
            rest += reversedComponents(target)
        }
        return ([root] + place).joined(separator: "/")
    }

    /// The last one first.
    private static func reversedComponents(_ path: String) -> [String] {
        Paths.components(path).map(String.init).reversed()
    }

    private static func linkText(_ path: String) -> String? {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlink(path, &buffer, buffer.count)
        return count > 0 ? String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self) : nil
    }
}

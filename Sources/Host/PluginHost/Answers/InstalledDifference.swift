import ByteKeys
public import PluginWire
import Support

/// The packages of a tree after an installation, compared with the resolved ones.
public enum InstalledDifference {
    /// The number of packages that a message names.
    private static let most = 8

    /// Compares trees package by package.
    ///
    /// - Parameters:
    ///   - packages: What was to be installed.
    ///   - before: What was in the tree before; what is not replaced has to stay as it is.
    ///   - after: What is in the tree now.
    /// - Throws: one sentence with every package that is missing, was added or removed, or has another version.
    public static func check(
        _ packages: [ABI.V1.Package],
        before: [ABI.V1.InstalledPackage],
        after: [ABI.V1.InstalledPackage]
    ) throws(AnswerFlaw) {
        let found = versions(of: after)
        var expected = versions(of: before)
        let earlier = expected
        for (identity, group) in Dictionary(grouping: packages, by: { PackageIdentity($0).ofAllVersions }) {
            let staying = group.allSatisfy { $0.alongside == true } ? expected[identity] ?? [] : []
            expected[identity] = Set(staying + group.map { ByteText($0.version) }).sorted()
        }
        var differences: [String] = []
        for package in Set(expected.keys).union(found.keys).sorted() where expected[package] != found[package] {
            let name = "\(package.name) (\(package.architecture))"
            let was = earlier[package].map(text)
            switch (expected[package].map(text), found[package].map(text)) {
            case (let version?, nil):
                differences.append(was == version ? "\(name) \(version) was removed" : "\(name) \(version) is missing")
            case (nil, let version?): differences.append("\(name) \(version) was added")
            case (let version?, let other?): differences.append("\(name) has version \(other) and not \(version)")
            case (nil, nil): break
            }
        }
        guard !differences.isEmpty else { return }
        var text = differences.prefix(most).joined(separator: ", ")
        if differences.count > most { text += " and \(differences.count - most) more differences" }
        throw AnswerFlaw("did not install the resolved packages: \(Excerpt.text(text))")
    }

    /// Of a package of which there are several versions, all of them.
    private static func versions(of packages: [ABI.V1.InstalledPackage]) -> [PackageIdentity: [ByteText]] {
        Dictionary(grouping: packages) { PackageIdentity($0) }.mapValues { $0.map { ByteText($0.version) }.sorted() }
    }

    private static func text(_ versions: [ByteText]) -> String { versions.map(\.text).joined(separator: " and ") }
}

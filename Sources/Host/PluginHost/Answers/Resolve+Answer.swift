public import PluginWire
import Support
import System

extension ABI.V1.Resolve: PluginRequest {
    public typealias Answer = ABI.V1.Resolved

    /// More bytes than any package has, and few enough that sums of them stay numbers.
    private static let largest = 1 << 40
    private static let most = 200_000

    public func check(_ answer: ABI.V1.Resolved) throws(AnswerFlaw) {
        guard answer.packages.count <= Self.most else {
            throw AnswerFlaw("resolved \(answer.packages.count) packages, more than \(Self.most)")
        }
        // Nothing of a new tree is installed already.
        let isNew = root?.isEmpty != false && present?.isEmpty != false
        if isNew, answer.packages.isEmpty, let first = packages.first {
            throw AnswerFlaw("resolved no package, although \(AnswerFlaw.quoted(first)) was requested")
        }
        var seen: Set<PackageIdentity> = []
        for package in answer.packages {
            try Self.check(package)
            guard seen.insert(PackageIdentity(package)).inserted else {
                throw AnswerFlaw("resolved \(package.name) (\(package.architecture)) twice")
            }
        }
        for index in answer.indexes where DigestText(index.sha256) == nil {
            throw AnswerFlaw("read the index \(AnswerFlaw.quoted(index.url)) without a SHA-256 digest")
        }
    }

    private static func check(_ package: ABI.V1.Package) throws(AnswerFlaw) {
        for word in [package.name, package.version, package.architecture] where !word.isOneWord {
            throw AnswerFlaw(
                "resolved a package with \(AnswerFlaw.quoted(word)) in its name, version or architecture"
            )
        }
        guard (0...largest).contains(package.size) else {
            throw AnswerFlaw("resolved \(package.name) with a size of \(package.size) bytes")
        }
        guard (0...largest).contains(package.installedSize ?? 0) else {
            throw AnswerFlaw("resolved \(package.name) with an installed size of \(package.installedSize ?? 0) bytes")
        }
        guard DigestText(package.sha256) != nil else {
            throw AnswerFlaw("resolved \(package.name) without a SHA-256 digest")
        }
        if let flaw = FileName.flaw(of: package.fileName) {
            throw AnswerFlaw(
                "resolved \(package.name) to the file name \(AnswerFlaw.quoted(package.fileName)), which \(flaw)"
            )
        }
        if let repository = package.repository {
            let isName =
                (1...255).contains(repository.utf8.count) && !repository.utf8.contains { $0 < 0x20 || $0 == 0x7F }
            guard isName else {
                throw AnswerFlaw("resolved \(package.name) from the repository \(AnswerFlaw.quoted(repository))")
            }
        }
        guard !package.urls.isEmpty else { throw AnswerFlaw("resolved \(package.name) without a URL") }
        for url in package.urls where !ABI.V1.Fetch.canBeFetched(url) {
            throw AnswerFlaw(
                "resolved \(package.name) to \(AnswerFlaw.quoted(url)), which is not an http:, https: or file: URL"
            )
        }
    }
}

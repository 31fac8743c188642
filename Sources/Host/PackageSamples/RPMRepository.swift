public import Crypto
internal import System

/// A repository of RPM packages with its index, as createrepo_c(8) makes it.
public struct RPMRepository {
    public var packages: [RPMFile]
    /// Named selections of packages, as `comps.xml` has them.
    public var groups: [String: [String]] = [:]
    /// The function of the digests that an index states.
    public var digest = Digest.Function.sha256

    public init(_ packages: [SamplePackage], key: SampleKey?) throws(SigningError) {
        self.packages = []
        for package in packages { self.packages.append(try RPMFile(package, key: key)) }
    }

    /// Writes the packages, then the index, which is signed if there is a key.
    public func write(to directory: String, key: SampleKey?) throws {
        try Files.makeDirectories(directory + "/packages")
        try Files.makeDirectories(directory + "/repodata")
        for package in packages { try Files.write(package.bytes, to: "\(directory)/packages/\(package.name)") }
        var entries = ""
        for part in try RPMIndex(packages, digest).parts(groups: groups) {
            try Files.write(part.bytes, to: "\(directory)/repodata/\(part.fileName)")
            entries += part.entry
        }
        let text = """
            <?xml version="1.0" encoding="UTF-8"?>
            <repomd xmlns="http://linux.duke.edu/metadata/repo">
              <revision>1700000000</revision>
            \(entries)</repomd>

            """
        try IndexTime.write(Array(text.utf8), to: directory + "/repodata/repomd.xml")
        let signature = directory + "/repodata/repomd.xml.asc"
        Files.remove(signature)
        guard let key else { return }
        try Files.write(Array(try key.armoredSignature(of: Array(text.utf8)).utf8), to: signature)
        try Files.write(
            Array(try key.armoredPublicKey().utf8),
            to: directory + "/repodata/repomd.xml.key"
        )
    }
}

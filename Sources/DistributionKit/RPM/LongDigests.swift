import Crypto
import Glibc
import PluginKit
import PluginWire
import System

/// Packages whose index states their SHA-512 digests alone, as some distributions do.
///
/// The contract and lock files have SHA-256 digests. So these packages are downloaded when they are resolved, and their
/// SHA-256 digests are computed of the files that have the stated ones.
struct LongDigests {
    /// An index's statement about a package of an answer.
    struct Stated: Codable, Sendable {
        var number: Int
        var sha512: String
    }

    private let cache: String
    /// True if the answer is for a lock file, which other hosts read.
    private let isPortable: Bool

    init(_ request: ABI.V1.Resolve) {
        cache = request.context.cache
        isPortable = request.allPlaces == true
    }

    /// The packages of an answer, all of them with a SHA-256 digest.
    func completed(_ answer: RPMResolveAnswer, host: Host) throws -> [ABI.V1.Package] {
        var packages = answer.packages ?? []
        let stated = (answer.longDigests ?? []).filter { packages.indices.contains($0.number) }
        if stated.isEmpty { return packages }
        let directory = try ConfinedDirectory(cache, "packages-by-sha512")
        var missing: [Stated] = []
        for package in stated where try !place(package, in: directory, &packages) { missing.append(package) }
        host.progress("downloading packages to compute their digests")
        for package in missing { directory.remove(package.sha512) }
        try host.fetch(
            missing.map { ABI.V1.Fetch(urls: packages[$0.number].urls, path: directory.path(of: $0.sha512)) }
        )
        for package in missing where try !place(package, in: directory, &packages) {
            directory.remove(package.sha512)
            let name = packages[package.number].name
            throw ErrorObject(
                code: .untrusted,
                message: "the package \(name) does not have the SHA-512 digest that the index of its repository states",
                hint: "The mirror may be in the middle of an update: try again later, or choose another one",
                subject: packages[package.number].urls.first
            )
        }
        return packages
    }

    /// Completes a package if its file is there as it has to be.
    private func place(
        _ stated: Stated,
        in directory: ConfinedDirectory,
        _ packages: inout [ABI.V1.Package]
    ) throws -> Bool {
        let name = stated.sha512
        let path = directory.path(of: name)
        guard directory.size(name) == packages[stated.number].size, let file = directory.open(name) else {
            return false
        }
        let digests = try Self.digests(of: file, path)
        guard digests.sha512 == name else { return false }
        packages[stated.number].sha256 = digests.sha256
        // A downloaded file need not be downloaded again.
        if !isPortable { packages[stated.number].urls.insert("file://\(path)", at: 0) }
        return true
    }

    /// Both digests of the same bytes: the file may be changed between two readings.
    private static func digests(
        of file: borrowing Descriptor,
        _ path: String
    ) throws -> (sha256: String, sha512: String) {
        var short = try Digest(.sha256)
        var long = try Digest(.sha512)
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 4096)
        defer { buffer.deallocate() }
        while true {
            let count = read(file.number, buffer.baseAddress, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw SystemFile.failure("read", path) }
            if count == 0 { break }
            let bytes = UnsafeRawBufferPointer(rebasing: buffer[..<count])
            short.update(bytes)
            long.update(bytes)
        }
        return (short.finish(), long.finish())
    }
}

internal import Crypto
internal import System

/// A program in a tree that is to be signed: only the sandbox sees the tree, and only the host can have things signed.
public struct PendingSignature: Sendable, Codable, Equatable {
    /// In the tree.
    public var path: String
    /// The program's digest, in lower-case hexadecimal digits.
    public var digest: String
    /// PKCS #7 in DER, once there is one.
    public var signature: [UInt8]?
}

extension BootDirectory {
    /// The programs among what was copied that have no signature yet.
    ///
    /// - Parameter others: Paths of programs that get one besides those that they have, such as kernels: firmware looks
    ///   for one that it knows.
    /// - Returns: In the order of copying.
    /// - Throws: an error if a program cannot be read.
    public func pendingSignatures(besides others: [String] = []) throws(BootError) -> [PendingSignature] {
        var pending: [PendingSignature] = []
        for path in copies where !pending.contains(where: { $0.path == path }) {
            guard let place = Files.place(path, inTree: root), let program = try? Authenticode(path: place),
                !program.isSigned || others.contains(path)
            else { continue }
            pending.append(PendingSignature(path: path, digest: Digest.hexadecimal(try program.digest())))
        }
        return pending
    }

    /// Adds the signature to its program.
    public func attach(_ pending: PendingSignature) throws(BootError) {
        guard let place = Files.place(pending.path, inTree: root), let signature = pending.signature else {
            throw BootError(.missing, "\(pending.path) of the image cannot be signed")
        }
        try Authenticode(path: place).append(signature)
    }
}

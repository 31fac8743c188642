internal import Crypto

extension DiskBuilder {
    /// A data partition with its hash tree, by the names of the definitions.
    struct VerityPair {
        var data: PartitionDefinition
        var hash: PartitionDefinition
        var signature: PartitionDefinition?
    }

    /// Every hash partition with what it belongs to.
    ///
    /// Throws `definition` for a partition without its counterpart, and for a signature that cannot be made.
    func verityPairs() throws(DiskError) -> [VerityPair] {
        func partner(_ role: PartitionDefinition.Verity.Role, of other: PartitionDefinition) throws(DiskError)
            -> PartitionDefinition?
        {
            let key = other.verity.matchKey
            let found = definitions.filter { $0.verity.role == role && $0.verity.matchKey == key }
            guard found.count <= 1 else {
                throw found[1].failure(
                    .definition,
                    "VerityMatchKey",
                    "VerityMatchKey=\(key ?? "") has another \(role) partition: \(found[0].name)"
                )
            }
            return found.first
        }
        var pairs: [VerityPair] = []
        for definition in definitions where definition.verity.role != .off {
            guard let data = try partner(.data, of: definition), let hash = try partner(.hash, of: definition) else {
                let missing = definition.verity.role == .data ? "hash" : "data or hash"
                throw definition.failure(
                    .definition,
                    "VerityMatchKey",
                    "no \(missing) partition has VerityMatchKey=\(definition.verity.matchKey ?? "")"
                )
            }
            guard definition.verity.role == .hash else { continue }
            pairs.append(VerityPair(data: data, hash: hash, signature: try partner(.signature, of: definition)))
        }
        if let signature = pairs.lazy.compactMap(\.signature).first, signatures == .impossible {
            throw signature.failure(
                .definition,
                "Verity",
                "a signature partition needs a key and a certificate",
                hint: "Set VerityKey= and VerityCertificate=, or Verity=defer to fill it later"
            )
        }
        return pairs
    }

    func geometry(_ pair: VerityPair, dataSize: UInt64) -> VerityGeometry {
        // As systemd-repart does for a file: pages, unless a sector size is configured.
        let standard = sectorSize ?? 4096
        return VerityGeometry(
            dataSize: dataSize,
            dataBlockSize: pair.hash.verity.dataBlockSize ?? standard,
            hashBlockSize: pair.hash.verity.hashBlockSize ?? standard,
            correctionRoots: pair.hash.verity.correctionRoots ?? 0
        )
    }

    /// Returns the error about a hash tree that is larger than its partition may be.
    static func excess(_ count: UInt64, of hash: PartitionDefinition) -> DiskError {
        hash.failure(
            .layout,
            "SizeMaxBytes",
            "the hash tree is \(count) bytes larger than its partition",
            hint: "Leave SizeMaxBytes= out"
        )
    }

    /// Makes the hash tree of a pair; returns the root hash.
    func fill(
        _ pair: VerityPair,
        _ layout: DiskLayout,
        _ file: borrowing ImageFile
    ) throws(DiskError) -> [UInt8]? {
        guard let data = layout.placement(of: pair.data), let hash = layout.placement(of: pair.hash) else { return nil }
        let salt: [UInt8]
        do {
            salt = try MessageAuthentication.sha256(key: seed.bytes, message: Array("verity-salt".utf8))
        } catch {
            throw DiskError(.system, "Cannot derive a salt: \(error.message)")
        }
        let tree = VerityTree(
            geometry: geometry(pair, dataSize: data.size),
            salt: salt,
            identifier: try DerivedIdentifiers(seed: seed).verity(),
            jobs: jobs
        )
        guard tree.geometry.size <= hash.size else {
            throw Self.excess(tree.geometry.size - hash.size, of: pair.hash)
        }
        let root = try tree.write(file, data: data.offset, hash: hash.offset)
        if tree.geometry.correctionRoots != 0 {
            try VerityCorrection(geometry: tree.geometry, jobs: jobs).write(file, data: data.offset, hash: hash.offset)
            inform(
                "\(pair.hash.name): forward error correction with fec-offset=\(tree.geometry.treeSize), "
                    + "fec-roots=\(tree.geometry.correctionRoots)"
            )
        }
        return root
    }
}

extension DiskLayout {
    /// Returns the placement of a definition's partition; nil if it was left out.
    public func placement(of definition: PartitionDefinition) -> Placement? {
        partitions.first { $0.definition.name == definition.name }
    }
}

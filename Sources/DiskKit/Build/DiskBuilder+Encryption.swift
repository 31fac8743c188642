internal import System

extension DiskBuilder {
    /// Returns the space that an encrypted partition needs.
    static func encrypted(_ need: UInt64?) -> UInt64 { (need ?? 0) + PartitionDefinition.encryptionSize }

    /// Refuses an encrypted partition without a passphrase.
    func checkPassphrase(of definition: PartitionDefinition) throws(DiskError) {
        guard definition.encryption != .off, definition.encryption != .tpm2 else { return }
        guard passphrase != nil else {
            throw definition.failure(
                .definition,
                "Encrypt",
                "Encrypt=\(definition.encryption.rawValue) needs a passphrase",
                hint: "Set Passphrase=, or write the passphrase to mkosi.passphrase"
            )
        }
        if passphrase?.isEmpty == true {
            throw definition.failure(
                .definition,
                "Encrypt",
                "The passphrase is empty, and anybody could open the partition",
                hint: "Write a passphrase to the file of Passphrase=, or to mkosi.passphrase"
            )
        }
    }

    /// Refuses an encrypted partition without the program that makes its header.
    func checkEncryptionProgram(of definition: PartitionDefinition) throws(DiskError) {
        guard definition.encryption != .off else { return }
        guard Paths.findProgram("cryptsetup") != nil else {
            throw definition.failure(
                .system,
                "Encrypt",
                "Encrypt= needs the program cryptsetup, which is not installed"
            )
        }
    }

    /// The volume that a partition becomes; nil for one that is not encrypted.
    func volume(_ place: DiskLayout.Placement) throws(DiskError) -> LUKSVolume? {
        let definition = place.definition
        guard definition.encryption != .off, passphrase != nil else { return nil }
        guard place.size > LUKSVolume.headerSize else {
            let missing = LUKSVolume.headerSize + 4096 - place.size
            throw definition.failure(
                .layout,
                "SizeMaxBytes",
                "an encrypted partition of this size is \(missing) bytes too small"
            )
        }
        return LUKSVolume(
            offset: place.offset,
            size: place.size,
            identifier: try DerivedIdentifiers.encryption(of: place.identifier),
            label: place.label,
            jobs: jobs
        )
    }

    /// Makes the header of an encrypted partition; nil for one that is not encrypted.
    func encryptionHeader(_ place: DiskLayout.Placement) throws(DiskError) -> LUKSVolume.Header? {
        guard let volume = try volume(place), let passphrase else { return nil }
        if place.definition.encryption == .keyFileAndTPM2 {
            warn(
                "\(place.definition.name): a TPM is not known yet; enrol the one of the machine with "
                    + "systemd-cryptenroll(1)"
            )
        }
        return try volume.makeHeader(passphrase: passphrase, scratch: scratch, run: run)
    }
}

extension DiskLayout.Placement {
    /// The start of the content, behind the header of an encrypted partition.
    var dataOffset: UInt64 { definition.encryption == .off ? offset : offset + LUKSVolume.headerSize }

    /// Bytes for the content.
    var dataSize: UInt64 {
        if definition.encryption == .off { return size }
        return size > LUKSVolume.headerSize ? size - LUKSVolume.headerSize : 0
    }
}

internal import Crypto

/// The measurements that UEFI firmware makes of programs (TCG, PC Client Platform Firmware Profile, 3.3.4).
public enum FirmwareMeasurement {
    /// PCR 4, in the bank of SHA-256, after programs were started one by the other.
    ///
    /// - Parameter programs: Their digests, as `Authenticode` computes them, in the order in which they are started.
    /// - Returns: 32 bytes.
    /// - Throws: an error only if libcrypto computes no digests.
    public static func pcr4(_ programs: [[UInt8]]) throws(BootError) -> [UInt8] {
        try value { value throws(DigestError) in
            let action = Array("Calling EFI Application from Boot Option".utf8)
            try BootMeasurement.extend(&value, with: Digest.bytes(of: action))
            try BootMeasurement.extend(&value, with: Digest.bytes(of: separator))
            for program in programs { try BootMeasurement.extend(&value, with: program) }
        }
    }

    /// PCR 7, in the bank of SHA-256, where a certificate is all that Secure Boot knows.
    ///
    /// - Parameter certificate: X.509 in DER, enrolled as platform key, key exchange key and database.
    /// - Returns: 32 bytes.
    /// - Throws: an error only if libcrypto computes no digests.
    public static func pcr7(certificate: [UInt8]) throws(BootError) -> [UInt8] {
        let list = try SignatureList(certificate: certificate)
        return try value { value throws(DigestError) in
            let variables: [(String, FirmwareIdentifier, [UInt8])] = [
                ("SecureBoot", .global, [1]), ("PK", .global, list.bytes), ("KEK", .global, list.bytes),
                ("db", .database, list.bytes), ("dbx", .database, []),
            ]
            for (name, vendor, data) in variables {
                try BootMeasurement.extend(&value, with: Digest.bytes(of: event(name, vendor, data)))
            }
            try BootMeasurement.extend(&value, with: Digest.bytes(of: separator))
            // The entry that has verified a program; programs that the same one verifies add nothing.
            try BootMeasurement.extend(&value, with: Digest.bytes(of: event("db", .database, list.entry)))
        }
    }

    private static let separator: [UInt8] = [0, 0, 0, 0]

    /// UEFI_VARIABLE_DATA.
    private static func event(_ name: String, _ vendor: FirmwareIdentifier, _ data: [UInt8]) -> [UInt8] {
        var sizes = ByteFields([UInt8](repeating: 0, count: 16))
        sizes.set(0, UInt64(name.utf16.count))
        sizes.set(8, UInt64(data.count))
        return vendor.bytes + sizes.bytes + name.firmwareText + data
    }

    private static func value(_ body: (inout [UInt8]) throws(DigestError) -> Void) throws(BootError) -> [UInt8] {
        var value = [UInt8](repeating: 0, count: 32)
        do {
            try body(&value)
        } catch {
            throw BootError(.system, "Cannot measure what firmware starts: \(error.message)")
        }
        return value
    }
}

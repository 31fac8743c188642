import BootKit
import Crypto
import System
import Testing

/// Predictions against what the TPM of a guest held after OVMF had verified and started systemd-boot and an image.
@Suite struct FirmwareMeasurementTests {
    @Test func programsAreWhatTheGuestMeasured() throws {
        let programs = try [
            "9bf2519c746ec66b569300e423127a9361b47af7f66783c7e1378fb055671ad4",
            "47b03edcb6112d7fb1083d988d71f24a7aa1039b0081de7d703f5b11adfb52f7",
        ].map { try #require(Digest.bytes(fromHexadecimal: $0)) }
        let value = try FirmwareMeasurement.pcr4(programs)
        #expect(
            Digest.hexadecimal(value) == "6449d15ca8d124f55f55a956a6df6b61d115ce9debf444ebae2c33c5fa99f9b2"
        )
    }

    @Test func theCertificateIsWhatTheGuestMeasured() throws {
        let certificate = try #require(Base64.decoded(Self.certificate))
        let value = try FirmwareMeasurement.pcr7(certificate: certificate)
        #expect(
            Digest.hexadecimal(value) == "5969da72ea8670ffab7a95bcdcc3eda05d2a3ff60172da98b4f1442ef3242a9d"
        )
    }

    @Test func variablesThatAreNoneAreRefused() throws {
        #expect(throws: BootError.self) {
            _ = try VariableStore([UInt8](repeating: 0xff, count: 4096), name: "variables.fd")
        }
    }

    @Test("what is enrolled twice is there once, and a full store is an error")
    func variablesAreReplaced() throws {
        let certificate = try #require(Base64.decoded(Self.certificate))
        var store = try VariableStore(Self.emptyStore(size: 1 << 14), name: "variables.fd")
        try store.enrol(certificate: certificate)
        let once = store.bytes
        try store.enrol(certificate: certificate)
        #expect(store.bytes != once)
        func count(_ state: UInt8) -> Int {
            // Headers begin with 0xaa 0x55 and the state.
            store.bytes.indices.dropLast(2).filter {
                store.bytes[$0] == 0xaa && store.bytes[$0 + 1] == 0x55 && store.bytes[$0 + 2] == state
            }.count
        }
        #expect(count(0x3f) == 5)
        #expect(count(0x3c) == 5)
        var small = try VariableStore(Self.emptyStore(size: 1 << 10), name: "variables.fd")
        let error = #expect(throws: BootError.self) { try small.enrol(certificate: certificate) }
        #expect(error?.message == "variables.fd has no room for the variable KEK")
    }

    /// A firmware volume as OVMF begins with it.
    private static func emptyStore(size: Int) -> [UInt8] {
        var bytes = [UInt8](repeating: 0xff, count: 72 + size)
        bytes.replaceSubrange(0x28..<0x2c, with: Array("_FVH".utf8))
        bytes.replaceSubrange(0x30..<0x32, with: [72, 0])
        let kind = Digest.bytes(fromHexadecimal: "782cf3aa7b949a43a1802e144ec37792") ?? []
        let length = (0..<4).map { UInt8(truncatingIfNeeded: size >> (8 * $0)) }
        bytes.replaceSubrange(72..<100, with: kind + length + [0x5a, 0xfe, 0, 0, 0, 0, 0, 0])
        return bytes
    }

    private static let certificate = """
        MIICtzCCAZ8CFAPX77edWvveDuEn/ecf0IMP4xrpMA0GCSqGSIb3DQEBCwUAMBgxFjAUBgNVBAMMDW1rb3NpIG9mIHJvb3QwHhcNMjYxMTI4MT\
        UyNjM2WhcNMjgxMTI3MTUyNjM2WjAYMRYwFAYDVQQDDA1ta29zaSBvZiByb290MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEApfGZ\
        lFBbibc2n/Fz+elo5AiXAzxwZAsftFdX3+1JQ/PZ1UlSVzZ82g55olaYfZ3yCuqrpujnDnDjXWLLpLYjyPseHNqTu3PafO3OpAyMYLCbKxpdsR\
        7oqY8lk7O/+CTWuTVS4svU7vQA3hXJ4g9/D/dr6N+hv79OCIrWcT29y6Kkl57X81Oyv639nSteh9P3ewDDd2T1qGGHZPn2t8Jn4Qw46GO3SqRu\
        W+i7zLsAbXqNldq+rjgtxlIOjXfQvt0jQxQNQeZR4PpQ71oJfMfM5kLWWLoWrW9L68neL/s2s4tJ2R9+a4tacUfhFTdQbRNfCZ+L3/8jKV1qOR\
        gYA8txaQIDAQABMA0GCSqGSIb3DQEBCwUAA4IBAQAqo/D7qcLamCx9hu+XA3I3A9XuVdz3umxcb8nhMHGHm06Dc+AaAQVIT+zsqIdXRc3D6NCy\
        KL5+w3RtbBLcJiRXGllZp/IwTIcpUCDiMneAlOi7V6nFZEnS7EFrsQ0YJOpPrEPQnibd6RIezrPTE7G50G1xo4kO5M+op7NRXjNMaDUJacufeB\
        t2xYzoMUDO9urhMK6t9HqZbnpyzMcIQNhmpMW1sPY07chaP1vroSUIYfmVeo/dQtxA3/TWFcAQHPSxqyRhkrFS85dQnKNrmG6r6DSaLiY43E2v\
        9meXFu2f6zk52GNcDsxu7WfBijbRRmSBtdEScWiJpIR6pfGAJzAV
        """
}

import BootKit
import Crypto
import Testing

/// Policies against those that systemd-measure(1) of version 252 has signed.
@Suite struct PCRPolicyTests {
    @Test(arguments: [
        (
            "33872e444c75db344b8537d1f5e8dc50a3bb86d4462899e421271c281fca5ffd",
            "cd9b5ea0c5a8ee159abfc4d27ef60f01d66f687dc1be760d3b7bb9ede81108d9"
        ),
        (
            "97555dc82c2fb6d8e8eabf8375f7c8b241bd7b3ee57cd27a35a2b1d11e9b8a06",
            "05638866e837cb60d214b168418ba3ae226286f7bca565adb8a61c6754877057"
        ),
    ])
    func aPolicyIsThatOfSystemdMeasure(value: String, policy: String) throws {
        let bytes = try #require(Digest.bytes(fromHexadecimal: value))
        #expect(try Digest.hexadecimal(PCRPolicy(pcr11: bytes).digest) == policy)
    }

    @Test func phasesExtendTheRegister() throws {
        // The first two values that `systemd-measure calculate` prints for the same sections.
        let first = try #require(
            Digest.bytes(fromHexadecimal: "33872e444c75db344b8537d1f5e8dc50a3bb86d4462899e421271c281fca5ffd")
        )
        let second = try BootMeasurement.pcr11(first, after: ["leave-initrd"])
        #expect(Digest.hexadecimal(second) == "b7f1543dc5594d31b974bec8c52628d8fcf136a2ca6b7ea103a7ee032b1eb454")
    }

    @Test("policies that are signed elsewhere name neither a key nor a signature")
    func unsigned() throws {
        let value = "33872e444c75db344b8537d1f5e8dc50a3bb86d4462899e421271c281fca5ffd"
        let bytes = try #require(Digest.bytes(fromHexadecimal: value))
        var policies = PCRSignatures()
        policies.append(try PCRPolicy(pcr11: bytes), signature: nil)
        let policy = "cd9b5ea0c5a8ee159abfc4d27ef60f01d66f687dc1be760d3b7bb9ede81108d9"
        #expect(policies.text == #"{"sha256":[{"pcrs":[11],"pol":"\#(policy)"}]}"#)
    }
}

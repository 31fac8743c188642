import Crypto
import Support
import System

/// The public key of a certificate, as a line of `authorized_keys` (RFC 4253 section 6.6).
enum SSHPublicKey {
    /// - Parameters:
    ///   - certificate: An X.509 certificate with an RSA key, in PEM or DER.
    ///   - name: What to call it in messages.
    /// - Returns: `ssh-rsa` with the key, without a comment.
    /// - Throws: one sentence where it is no such certificate.
    static func line(_ certificate: [UInt8], name: String) throws(Failure) -> String {
        let key: [UInt8]
        do throws(SigningError) {
            key = try Certificate(certificate, name: name).publicKey()
        } catch {
            throw Failure(.configuration, error.message, hint: "mkosi genkey makes a key and its certificate")
        }
        guard let numbers = numbers(key) else {
            throw Failure(.configuration, "\(name) has no RSA key, which SSH needs of it", hint: "Use mkosi genkey")
        }
        let parts = [Array("ssh-rsa".utf8), numbers.exponent, numbers.modulus]
        let bytes = parts.flatMap { part in
            [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: part.count >> $0) } + part
        }
        return "ssh-rsa \(Base64.encoded(bytes))"
    }

    /// The two numbers of an RSA key in DER (RFC 8017 appendix A.1.1).
    ///
    /// DER and SSH write a number with the same bytes: the fewest that keep its sign.
    private static func numbers(_ key: [UInt8]) -> (modulus: [UInt8], exponent: [UInt8])? {
        var rest = key[...]
        guard var sequence = element(0x30, &rest), let modulus = element(0x02, &sequence),
            let exponent = element(0x02, &sequence)
        else { return nil }
        return (Array(modulus), Array(exponent))
    }

    private static func element(_ tag: UInt8, _ rest: inout ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        guard rest.popFirst() == tag, let first = rest.popFirst() else { return nil }
        var length = Int(first)
        if first & 0x80 != 0 {
            length = 0
            for _ in 0..<(first & 0x7f) {
                guard length < 1 << 20, let byte = rest.popFirst() else { return nil }
                length = length << 8 | Int(byte)
            }
        }
        guard length <= rest.count else { return nil }
        defer { rest = rest.dropFirst(length) }
        return rest.prefix(length)
    }
}

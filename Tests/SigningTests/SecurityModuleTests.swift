import SigningWire
import Support
import System
import TestSupport
import Testing

/// A key that never leaves a security module: SoftHSM, by OpenSSL's engine for PKCS #11.
@Suite(.enabled(if: SigningKeyFiles.hasSecurityModule, "needs softhsm2"))
struct SecurityModuleTests {
    @Test func anEngineSigns() throws {
        let files = try SigningKeyFiles()
        try files.make("one")
        try files.directory.makeDirectory("tokens")
        try files.directory.write("directories.tokendir = \(files.directory("tokens"))\n", to: "softhsm2.conf")
        let variables = [
            "SOFTHSM2_CONF=\(files.directory("softhsm2.conf"))", "PKCS11_MODULE_PATH=\(SigningKeyFiles.securityModule)",
        ]
        let script = """
            set -e
            openssl pkcs8 -topk8 -nocrypt -in one.key -out imported.key
            softhsm2-util --init-token --free --label test --pin 1234 --so-pin 4321
            softhsm2-util --import imported.key --token test --label one --id 01 --pin 1234
            """
        let made = try run(
            ["sh", "-c", script],
            environment: plainEnvironment + variables,
            in: files.directory.path
        )
        #expect(made.succeeded, "\(made)")
        func answer(_ object: String, _ pin: String) throws -> SigningAnswer {
            var request = files.request(.pkcs7, key: "one")
            let uri = "pkcs11:token=test;object=\(object);type=private?pin-value=\(pin)"
            request.key = KeyReference(uri, source: .engine, module: "pkcs11")
            return try files.answer(request, environment: variables)
        }
        // The module and the file have the same key, and signatures are reproducible.
        #expect(try answer("one", "1234").signature == files.answer(files.request(.pkcs7, key: "one")).signature)
        let missing = try answer("two", "1234")
        #expect(missing.error?.hasPrefix("The OpenSSL engine pkcs11 has no key pkcs11:token=test;object=two") == true)
        // Messages show no PIN.
        #expect(missing.error?.contains("1234") == false)
        #expect(try answer("one", "9999").signature == nil)
    }
}

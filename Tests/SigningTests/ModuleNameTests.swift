import SigningWire
import TestSupport
import Testing

/// Names of providers and engines, which need no module of any kind.
@Suite struct ModuleNameTests {
    @Test("Messages name a key without the PIN in its URI", arguments: ["?", "?\u{301}"])
    func pins(mark: String) {
        #expect(KeyReference("pkcs11:token=a\(mark)pin-value=1234").name == "pkcs11:token=a")
    }

    @Test("a path is no name of a module", arguments: ["./evil.so", "/evil", "../evil", "evil.so", "a/\u{301}b"])
    func paths(module: String) throws {
        let files = try SigningKeyFiles()
        try files.make("one")
        for source in [KeyReference.Source.provider, .engine] {
            var request = files.request(.pkcs7, key: "one")
            request.key = KeyReference("pkcs11:object=one", source: source, module: module)
            let answer = try files.answer(request)
            #expect(answer.error?.hasPrefix("\(module) is not the name of a") == true, "\(answer)")
        }
        var request = files.request(.certificate, key: "one")
        request.certificate = KeyReference("pkcs11:object=one", source: .provider, module: module)
        #expect(try files.answer(request).error == "\(module) is not the name of a provider of OpenSSL")
    }

    @Test func aProviderThatIsNotThereIsNamed() throws {
        let files = try SigningKeyFiles()
        try files.make("one")
        var request = files.request(.pkcs7, key: "one")
        request.key = KeyReference("pkcs11:object=one", source: .provider, module: "no-such-provider")
        let answer = try files.answer(request)
        #expect(answer.error?.hasPrefix("The OpenSSL provider no-such-provider cannot be loaded") == true)
        request.key?.module = nil
        #expect(try files.answer(request).hint == "Write it after a colon: provider:pkcs11")
    }
}

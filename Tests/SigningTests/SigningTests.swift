import Execution
import JSON
import SigningWire
import Support
import System
import TestSupport
import Testing

/// Signatures of `mkosi-sign`, verified by openssl(1), and requests that it refuses.
@Suite struct SigningTests {
    @Test(arguments: [["rsa:2048"], ["ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"]])
    func aDetachedSignatureIsValid(algorithm: [String]) throws {
        let files = try SigningKeyFiles()
        try files.make("one", algorithm)
        try files.directory.write("content", to: "content")
        try files.write(files.answer(files.request(.pkcs7, key: "one")), to: "signature")
        let verified = try run(
            [
                "openssl", "smime", "-verify", "-inform", "DER", "-in", "signature", "-content", "content", "-binary",
                "-CAfile", "one.crt", "-purpose", "any",
            ],
            in: files.directory.path
        )
        #expect(verified.succeeded, "\(verified)")
        try files.directory.write("other", to: "content")
        let other = try run(
            [
                "openssl", "smime", "-verify", "-inform", "DER", "-in", "signature", "-content", "content", "-binary",
                "-CAfile", "one.crt", "-purpose", "any",
            ],
            in: files.directory.path
        )
        #expect(!other.succeeded)
    }

    @Test func aBareSignatureIsValid() throws {
        let files = try SigningKeyFiles()
        try files.make("one")
        try files.directory.write("content", to: "content")
        let answer = try files.answer(files.request(.raw, key: "one"))
        try files.write(answer, to: "signature")
        try files.directory.write(try #require(answer.publicKey), to: "public")
        let verified = try run(
            ["openssl", "dgst", "-sha256", "-verify", "public", "-signature", "signature", "content"],
            in: files.directory.path
        )
        #expect(verified.succeeded, "\(verified)")
    }

    @Test("the same digest has the same signature, in one run and in two", arguments: SigningTests.kinds)
    func signaturesAreReproducible(kind: SigningRequest.Kind) throws {
        let files = try SigningKeyFiles()
        try files.make("one")
        let request = files.request(kind, key: "one")
        let two = try files.answers([request, request])
        #expect(two.count == 2 && two[0] == two[1])
        #expect(try two[0] == files.answer(request))
        #expect(two[0].signature?.isEmpty == false)
    }

    static let kinds: [SigningRequest.Kind] = [.authenticode, .pkcs7, .signedData, .raw]

    @Test func whatCannotSignIsRefused() throws {
        let files = try SigningKeyFiles()
        try files.make("one")
        try files.make("two")
        try files.makeExpired("old")
        try files.directory.write("nothing\n", to: "none.key")
        try files.directory.write("nothing\n", to: "none.crt")
        func error(_ key: String, _ certificate: String) throws -> String {
            let answer = try files.answer(files.request(.pkcs7, key: key, certificate: certificate))
            #expect(answer.signature == nil)
            return answer.error ?? ""
        }
        let place = files.directory.path
        let mismatch = "The certificate \(place)/two.crt does not belong to the key \(place)/one.key"
        #expect(try error("one", "two") == mismatch)
        let expired = "The certificate \(place)/old.crt has expired on Feb  1 00:00:00 2020 GMT"
        #expect(try error("old", "old") == expired)
        let missing = "Cannot read the key \(place)/no.key: No such file or directory"
        #expect(try error("no", "one") == missing)
        #expect(try error("one", "no").hasPrefix("Cannot read the certificate \(place)/no.crt"))
        #expect(try error("none", "one").hasPrefix("\(place)/none.key is not a private key in PEM"))
        #expect(try error("one", "none").hasPrefix("\(place)/none.crt is not an X.509 certificate"))
    }

    @Test("a file that is to be reached without links is not read through one", arguments: ["one.key", "."])
    func linksAreNotFollowed(name: String) throws {
        let files = try SigningKeyFiles()
        try files.make("one")
        var request = files.request(.pkcs7, key: "one")
        request.key?.isWithoutLinks = true
        request.certificate.isWithoutLinks = true
        #expect(try files.answer(request).signature != nil)
        // Once the file itself, and once the directory that it is in.
        try files.directory.makeDirectory("real")
        try runChecked(["cp", "one.key", "one.crt", "real"], in: files.directory.path)
        if name == "." {
            try runChecked(["ln", "-s", "real", "linked"], in: files.directory.path)
            request.key?.location = files.directory("linked/one.key")
        } else {
            try runChecked(["ln", "-sf", "real/\(name)", name], in: files.directory.path)
        }
        let answer = try files.answer(request)
        #expect(answer.signature == nil && answer.error?.hasPrefix("Cannot read the key") == true, "\(answer)")
    }

    @Test func aPassPhraseIsACredential() throws {
        let files = try SigningKeyFiles()
        try files.make("one")
        try runChecked(
            ["openssl", "pkcs8", "-topk8", "-passout", "pass:secret", "-in", "one.key", "-out", "locked.key"],
            in: files.directory.path
        )
        try files.directory.makeDirectory("credentials")
        let request = files.request(.pkcs7, key: "locked", certificate: "one")
        let variable = "CREDENTIALS_DIRECTORY=\(files.directory("credentials"))"
        let without = try files.answer(request, environment: [variable])
        #expect(without.error?.contains("there is no terminal to ask for it") == true, "\(without)")
        #expect(without.hint?.contains("mkosi.key-passphrase") == true)
        try files.directory.write("wrong\n", to: "credentials/mkosi.key-passphrase")
        let wrong = try files.answer(request, environment: [variable])
        #expect(wrong.error == "The pass phrase of the key \(files.directory("locked.key")) is wrong")
        try files.directory.write("secret\n", to: "credentials/mkosi.key-passphrase")
        let right = try files.answer(request, environment: [variable])
        #expect(right.signature != nil, "\(right)")
    }

    @Test func newKeysReplaceNothing() throws {
        let files = try SigningKeyFiles()
        var request = files.request(.generate, key: "new")
        (request.commonName, request.validDays) = ("mkosi of me", 3)
        #expect(try files.answer(request) == SigningAnswer())
        let text = try runChecked(
            ["openssl", "x509", "-in", "new.crt", "-noout", "-subject", "-nameopt", "RFC2253", "-text"],
            in: files.directory.path
        ).output
        #expect(text.contains("subject=CN=mkosi of me\n") && text.contains("2048 bit"), "\(text)")
        #expect(try runChecked(["stat", "-c", "%a", files.directory("new.key")]).output == "600\n")
        let again = try files.answer(request)
        #expect(again.error == "Cannot write \(files.directory("new.key")): File exists")
        #expect(try files.answer(files.request(.authenticode, key: "new")).signature != nil)
    }

    @Test("nothing is left of a key that does not fit on the disk")
    func halfAKey() throws {
        let files = try SigningKeyFiles()
        let input = try JSONText.string(files.request(.generate, key: "new")) + "\n"
        // The limit is less than a key, and a file that exceeds it ends no program.
        let script = "trap '' XFSZ; ulimit -f 1; exec \"$0\""
        let result = try run(["sh", "-c", script, Stage.installation.sign], input: input)
        #expect(result.output.contains("Cannot write \(files.directory("new.key")): File too large"), "\(result)")
        #expect(try Files.list(files.directory.path).isEmpty)
    }

    @Test(
        "Ctrl-C at the question for a pass phrase ends the program and shows again what is typed; no name drives the terminal"
    )
    func interruptedQuestion() throws {
        let files = try SigningKeyFiles()
        let name = "lo\u{1b}[31mcked"
        try files.make("one")
        try runChecked(
            ["openssl", "pkcs8", "-topk8", "-passout", "pass:secret", "-in", "one.key", "-out", "\(name).key"],
            in: files.directory.path
        )
        let request = try JSONText.string(files.request(.pkcs7, key: name, certificate: "one"))
        try files.directory.write(request + "\n", to: "request")
        let script = """
            import fcntl, os, pty, sys, termios
            program, request, typed = sys.argv[1], sys.argv[2], eval(sys.argv[3])
            terminal, slave = pty.openpty()
            shown = lambda: bool(termios.tcgetattr(slave)[3] & termios.ECHO)
            assert shown()
            child = os.fork()
            if child == 0:
                os.setsid()
                fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
                os.dup2(os.open(request, os.O_RDONLY), 0)
                os.dup2(os.open("answer", os.O_WRONLY | os.O_CREAT | os.O_TRUNC), 1)
                os.execv(program, [program])
            text = b""
            while b"cked.key: " not in text: text += os.read(terminal, 1000)
            assert b"Pass phrase" in text and b"\\x1b" not in text
            assert not shown()
            os.write(terminal, typed)
            status = os.waitpid(child, 0)[1]
            print(os.waitstatus_to_exitcode(status), shown(), "signature" in open("answer").read())
            """
        for (typed, expected) in [(#"b"\x03""#, "-2 True False\n"), (#"b"secret\n""#, "0 True True\n")] {
            let result = try run(
                ["python3", "-c", script, Stage.installation.sign, "request", typed],
                in: files.directory.path,
                limit: 60
            )
            #expect(result.output == expected, "\(result)")
        }
    }

    @Test func whatIsNoRequestEndsTheProgram() throws {
        let result = try run([Stage.installation.sign], input: "sign!\n")
        #expect(result.status == .exited(2))
        #expect(result.errors == "mkosi-sign: a line of standard input is not a request\n")
    }
}

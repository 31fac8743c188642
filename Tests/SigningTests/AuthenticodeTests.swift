import BootKit
import Crypto
import SigningWire
import Support
import System
import TestSupport
import Testing

/// Signatures of EFI programs, which sbverify(1) has to accept.
@Suite struct AuthenticodeTests {
    /// Programs that Debian's packages bring: a boot loader, and a stub whose size is not a multiple of eight.
    static let programs = [
        "/usr/lib/systemd/boot/efi/systemd-bootx64.efi", "/usr/lib/systemd/boot/efi/linuxx64.efi.stub",
    ]

    private func sign(_ path: String, _ key: String, _ files: SigningKeyFiles) throws {
        try Authenticode.sign(path) { digest in
            var request = files.request(.authenticode, key: key)
            request.digest = digest
            return try #require(files.answer(request).signature.flatMap(Base64.decoded))
        }
    }

    @Test(arguments: programs)
    func aSignedProgramIsAccepted(program: String) throws {
        let files = try SigningKeyFiles()
        try files.make("one")
        try files.make("two")
        let path = files.directory("program.efi")
        try Files.write(Files.read(program), to: path)
        let before = try Authenticode(path: path)
        #expect(!before.isSigned)
        let digest = try before.digest()
        try sign(path, "one", files)
        let signed = try Authenticode(path: path)
        #expect(try signed.isSigned && signed.digest() == digest)
        try signed.verify(with: files.directory.read("one.crt"), name: "one.crt")
        let accepted = try run(["sbverify", "--cert", "one.crt", path], in: files.directory.path)
        #expect(accepted.succeeded, "\(accepted)")
        #expect(!(try run(["sbverify", "--cert", "two.crt", path], in: files.directory.path)).succeeded)
        #expect(throws: BootError.self) { try signed.verify(with: files.directory.read("two.crt"), name: "two.crt") }

        // A second signature stands behind the first, and both hold.
        try sign(path, "two", files)
        let both = try Authenticode(path: path)
        #expect(try both.signatures().count == 2)
        for name in ["one.crt", "two.crt"] {
            try both.verify(with: files.directory.read(name), name: name)
            let accepted = try run(["sbverify", "--cert", name, path], in: files.directory.path)
            #expect(accepted.succeeded, "\(accepted)")
        }
        let list = try runChecked(["sbverify", "--list", path]).output
        #expect(list.contains("signature 1") && list.contains("signature 2"), "\(list)")
    }

    @Test func whatSbsignHasSignedIsAccepted() throws {
        let files = try SigningKeyFiles()
        try files.make("one")
        try runChecked(
            ["sbsign", "--key", "one.key", "--cert", "one.crt", "--output", "signed.efi", Self.programs[0]],
            in: files.directory.path
        )
        let program = try Authenticode(path: files.directory("signed.efi"))
        try program.verify(with: files.directory.read("one.crt"), name: "one.crt")
    }

    @Test func aChangedByteIsNoticed() throws {
        let files = try SigningKeyFiles()
        try files.make("one")
        let path = files.directory("program.efi")
        try Files.write(Files.read(Self.programs[0]), to: path)
        try sign(path, "one", files)
        try runChecked(["sh", "-c", "printf x | dd of='\(path)' bs=1 seek=5000 conv=notrunc status=none"])
        let error = #expect(throws: BootError.self) {
            try Authenticode(path: path).verify(with: files.directory.read("one.crt"), name: "one.crt")
        }
        #expect(error?.message == "\(path) was changed after it was signed")
        #expect(!(try run(["sbverify", "--cert", "one.crt", path], in: files.directory.path)).succeeded)
    }

    @Test("signing twice gives the same bytes")
    func signaturesAreReproducible() throws {
        let files = try SigningKeyFiles()
        try files.make("one")
        let paths = ["a.efi", "b.efi"].map { files.directory($0) }
        for path in paths {
            try Files.write(Files.read(Self.programs[0]), to: path)
            try sign(path, "one", files)
        }
        #expect(try Files.read(paths[0]) == Files.read(paths[1]))
    }
}

import DiskKit
import Support
import System
import TestSupport
import Testing

@Suite struct ProtectedDiskTests {
    private static let verity = [
        "10-root": "Type=root Format=erofs CopyFiles=/ Verity=data VerityMatchKey=root Minimize=best",
        "20-hash": "Type=root-verity Verity=hash VerityMatchKey=root Minimize=best",
        "30-signature": "Type=root-verity-sig Verity=signature VerityMatchKey=root",
    ]

    private func makeKey(_ project: DiskProject, _ name: String) throws {
        try runChecked(
            [
                "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=test", "-days", "30",
                "-keyout", "\(name).key", "-out", "\(name).crt",
            ],
            in: project.directory.path
        )
        project.key = name
    }

    /// What systemd-repart 257 makes of the same blocks with `--sector-size=512`.
    @Test func theHashTreeIsThatOfSystemdRepart() throws {
        let project = try DiskProject()
        let script = "import random; random.seed(1); open('tree/blocks', 'wb').write(random.randbytes(3000 * 4096))"
        try runChecked(["python3", "-c", script], in: project.directory.path)
        project.sectorSize = 512
        let (disk, _, parts) = try project.build([
            "10-root": "Type=root CopyBlocks=/blocks Verity=data VerityMatchKey=root",
            "20-hash": "Type=root-verity Verity=hash VerityMatchKey=root Minimize=best",
        ])
        #expect(disk.rootHash(of: .root) == "9d45671ab3923ab7a01a27e11203021fc6c1af96de9f16428836875a33817ca7")
        #expect(disk.layout.partitions.map(\.size) == [12_288_000, 823_296])
        #expect(
            disk.layout.partitions.map(\.identifier.description) == [
                "9d45671a-b392-3ab7-a01a-27e11203021f", "c6c1af96-de9f-1642-8836-875a33817ca7",
            ]
        )
        let header = try runChecked(["veritysetup", "dump", try #require(parts["20-hash"])]).output
        #expect(header.contains("438e0663-2b0b-4b89-a469-7e640217e5ef"))
        #expect(header.contains("d6189dfed418e6a08eceddfe2235a98b9ba20dbe0b6ddce46732634e09da1605"))
    }

    @Test("forward error correction has the bytes of veritysetup, and repairs what is damaged", arguments: [2, 7])
    func forwardErrorCorrection(roots: Int) throws {
        let project = try DiskProject()
        let script = "import random; random.seed(1); open('tree/blocks', 'wb').write(random.randbytes(1000 * 4096))"
        try runChecked(["python3", "-c", script], in: project.directory.path)
        let (disk, _, parts) = try project.build([
            "10-root": "Type=root CopyBlocks=/blocks Verity=data VerityMatchKey=root",
            "20-hash": "Type=root-verity Verity=hash VerityMatchKey=root Minimize=best X-VerityFECRoots=\(roots)",
        ])
        let root = try #require(disk.rootHash(of: .root))
        let (data, hash) = (try #require(parts["10-root"]), try #require(parts["20-hash"]))
        // A superblock, eight blocks of digests and one above them.
        let offset = 10 * 4096
        let lines = project.lines.withLock { $0 }
        #expect(lines.contains { $0.contains("fec-offset=\(offset), fec-roots=\(roots)") }, "\(lines)")
        let header = try runChecked(["veritysetup", "dump", hash]).outputLines
        func field(_ name: String) throws -> String {
            let line = try #require(header.first { $0.hasPrefix("\(name):") })
            return String(line.dropFirst(name.count + 1)).filter { !$0.isWhitespace }
        }
        let (tree, parity) = (project.directory("tree.img"), project.directory("parity.img"))
        let made = try runChecked([
            "veritysetup", "format", "--salt", field("Salt"), "--uuid", field("UUID"), "--fec-device", parity,
            "--fec-roots", "\(roots)", data, tree,
        ])
        #expect(made.output.contains(root), "\(made)")
        #expect(try Files.read(tree) + Files.read(parity) == Files.read(hash))

        try runChecked(["sh", "-c", "printf wrong | dd of='\(data)' bs=1 seek=5000 conv=notrunc status=none"])
        let options = ["--fec-device", hash, "--fec-offset", "\(offset)", "--fec-roots", "\(roots)"]
        let repaired = try run(["veritysetup", "verify"] + options + [data, hash, root])
        #expect((repaired.output + repaired.errors).contains("repairable errors"), "\(repaired)")
    }

    @Test(arguments: [UInt64?.none, 512, 4096])
    func aHashTreeIsAcceptedAndAChangeIsNot(sectorSize: UInt64?) throws {
        let project = try DiskProject()
        try makeKey(project, "one")
        project.sectorSize = sectorSize
        let (disk, _, parts) = try project.build(Self.verity)
        let root = try #require(disk.rootHash(of: .root))
        let (data, hash) = (try #require(parts["10-root"]), try #require(parts["20-hash"]))
        let verified = try run(["veritysetup", "verify", data, hash, root])
        #expect(verified.succeeded, "\(verified)")
        let identifiers = disk.layout.partitions.map { $0.identifier.description.filter { $0 != "-" } }
        #expect(identifiers[0] + identifiers[1] == root)
        try runChecked(["sh", "-c", "printf x | dd of='\(data)' bs=1 seek=5000 conv=notrunc status=none"])
        #expect(!(try run(["veritysetup", "verify", data, hash, root])).succeeded)
    }

    @Test("two protected roots of a disk have their own hashes and signatures")
    func twoRoots() throws {
        let project = try DiskProject()
        try makeKey(project, "one")
        var definitions: [String: String] = [:]
        for (name, source) in [("a", "/usr:/"), ("b", "/etc:/")] {
            definitions["\(name)-1"] =
                "Type=root Format=erofs CopyFiles=\(source) Verity=data VerityMatchKey=\(name) Minimize=best SplitName=\(name)-1"
            definitions["\(name)-2"] =
                "Type=root-verity Verity=hash VerityMatchKey=\(name) Minimize=best SplitName=\(name)-2"
            definitions["\(name)-3"] =
                "Type=root-verity-sig Verity=signature VerityMatchKey=\(name) SplitName=\(name)-3"
        }
        let (disk, _, parts) = try project.build(definitions)
        #expect(disk.rootHash(of: .root) == disk.rootHashes["a-1"])
        #expect(Set(disk.rootHashes.values).count == 2)
        for name in ["a", "b"] {
            let hash = try #require(disk.rootHashes["\(name)-1"])
            let (data, tree) = (try #require(parts["\(name)-1"]), try #require(parts["\(name)-2"]))
            let verified = try run(["veritysetup", "verify", data, tree, hash])
            #expect(verified.succeeded, "\(verified)")
            let signature = try Files.read(#require(parts["\(name)-3"]))
            #expect(String(decoding: signature, as: UTF8.self).contains(#""rootHash":"\#(hash)""#))
        }
    }

    @Test func theRootHashIsSigned() throws {
        let project = try DiskProject()
        try makeKey(project, "one")
        let (disk, _, parts) = try project.build(Self.verity)
        let root = try #require(disk.rootHash(of: .root))
        let script = """
            import base64, json, sys
            text = open(sys.argv[1], "rb").read().rstrip(b"\\0")
            value = json.loads(text)
            assert value["rootHash"] == sys.argv[2]
            open("signature.der", "wb").write(base64.b64decode(value["signature"]))
            open("hash.txt", "w").write(value["rootHash"])
            print(value["certificateFingerprint"])
            """
        let part = try #require(parts["30-signature"])
        let printed = try runChecked(["python3", "-c", script, part, root], in: project.directory.path).output
        let expected = try runChecked(
            ["sh", "-c", "openssl x509 -in one.crt -outform DER | sha256sum"],
            in: project.directory.path
        ).output
        #expect(printed.prefix(64) == expected.prefix(64))
        let command = [
            "openssl", "smime", "-verify", "-inform", "DER", "-in", "signature.der", "-content", "hash.txt",
            "-noverify",
            "-certfile", "one.crt",
        ]
        let verified = try run(command, in: project.directory.path)
        #expect(verified.succeeded, "\(verified)")
    }

    @Test func aSignatureWithoutAKeyIsRefused() throws {
        let builder = try DiskProject().builder(Self.verity)
        let error = #expect(throws: DiskError.self) { try builder.survey() }
        #expect(error?.message.contains("needs a key and a certificate") == true, "\(error?.message ?? "")")
    }

    @Test func anEncryptedPartitionIsOpenedByItsPassphrase() throws {
        let project = try DiskProject()
        project.passphrase = Array("correct horse".utf8)
        let text = "Type=root Format=ext4 CopyFiles=/etc:/etc Encrypt=key-file SizeMinBytes=64M SizeMaxBytes=64M"
        let (disk, _, parts) = try project.build(["10-root": text])
        let part = try #require(parts["10-root"])
        let dump = try runChecked(["cryptsetup", "luksDump", part]).output
        #expect(dump.contains("offset: 16777216 [bytes]") && dump.contains("aes-xts-plain64"), "\(dump)")
        let place = try #require(disk.layout.partitions.first)
        #expect(dump.contains(try DerivedIdentifiers.encryption(of: place.identifier).description))
        try project.directory.write("correct horse", to: "phrase", mode: 0o600)
        try project.directory.write("wrong", to: "wrong", mode: 0o600)
        func key(_ phrase: String) throws -> RunResult {
            try run(
                [
                    "cryptsetup", "luksDump", "--batch-mode", "--dump-volume-key", "--volume-key-file=key-\(phrase)",
                    "--key-file=\(phrase)", part,
                ],
                in: project.directory.path
            )
        }
        #expect(!(try key("wrong")).succeeded)
        #expect(try key("phrase").succeeded)
        try decrypt(project, part)
    }

    /// Decrypts as dm-crypt does, with the sector's number as the tweak; what comes out is the file system.
    private func decrypt(_ project: DiskProject, _ part: String) throws {
        let script = """
            import ctypes, sys
            lib = ctypes.CDLL("libcrypto.so.3")
            lib.EVP_CIPHER_CTX_new.restype = ctypes.c_void_p
            lib.EVP_aes_256_xts.restype = ctypes.c_void_p
            context = ctypes.c_void_p(lib.EVP_CIPHER_CTX_new())
            key = open("key-phrase", "rb").read()
            image = open(sys.argv[1], "rb")
            image.seek(16 << 20)
            plain = open("plain", "wb")
            out, length, sector = ctypes.create_string_buffer(4096), ctypes.c_int(), 0
            while True:
                data = image.read(4096)
                if not data: break
                tweak = (sector * 8).to_bytes(16, "little")
                assert lib.EVP_DecryptInit_ex(context, ctypes.c_void_p(lib.EVP_aes_256_xts()), None, key, tweak) == 1
                assert lib.EVP_DecryptUpdate(context, out, ctypes.byref(length), data, len(data)) == 1
                plain.write(out.raw[:length.value])
                sector += 1
            """
        try runChecked(["python3", "-c", script, part], in: project.directory.path)
        let checked = try run(["e2fsck", "-fn", project.directory("plain")])
        #expect(checked.succeeded, "\(checked)")
    }
}

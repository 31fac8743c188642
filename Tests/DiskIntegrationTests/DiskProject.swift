import DiskKit
import JSON
import SigningWire
import Support
import System
import TestSupport
import Testing

/// A tree, and disks made of it with the programs of this machine.
final class DiskProject {
    let directory: TemporaryDirectory
    let lines = Monitor<[String]>([])
    let warnings = Monitor<[String]>([])
    var passphrase: [UInt8]?
    var signatures = DiskBuilder.Signatures.impossible
    /// The name of a key and of its certificate, without their suffixes.
    var key: String?
    var sectorSize: UInt64?
    static let seed = "2f9225c9-d033-4639-9869-b1f238a9ff0b"
    private var count = 0

    /// Makes a small tree with all that a file system has to keep.
    init() throws {
        directory = try TemporaryDirectory()
        let script = """
            set -e
            mkdir -p tree/usr/bin tree/etc tree/efi/EFI/BOOT tree/boot/loader tree/proc tree/var/tmp tree/home
            printf '#!/bin/sh\\n' > tree/usr/bin/hello
            chmod 4755 tree/usr/bin/hello
            ln tree/usr/bin/hello tree/usr/bin/again
            ln -s hello tree/usr/bin/link
            ln -s /usr/bin/\(String(repeating: "long", count: 30)) tree/usr/bin/farther
            echo example > tree/etc/hostname
            chmod 600 tree/etc/hostname
            mkfifo tree/etc/pipe
            dd if=/dev/zero of=tree/usr/sparse bs=1 count=0 seek=3M status=none
            head -c 300000 /dev/zero | tr '\\0' x > tree/usr/plain
            for number in $(seq 300); do echo $number > "tree/home/a file with the number $number"; done
            head -c 200000 /dev/zero | tr '\\0' y > tree/efi/EFI/BOOT/BOOTX64.EFI
            echo hidden > tree/proc/hidden
            echo timeout 3 > tree/boot/loader/loader.conf
            find tree -exec touch -h -d @1600000000 {} +
            """
        try runChecked(["sh", "-c", script], in: directory.path)
    }

    var specifiers: [Character: String] = ["a": "x86-64"]
    /// What runs programs on this machine or elsewhere: a command in front of each.
    var runner: [String] = []

    /// A builder of a disk from texts by name, whose lines a character separates.
    func builder(
        _ definitions: [String: String],
        seed: String? = nil,
        separator: Character = " "
    ) throws -> DiskBuilder {
        let reader = DefinitionReader(architecture: "x86-64", specifiers: specifiers)
        count += 1
        try directory.makeDirectory("scratch-\(count)")
        var builder = DiskBuilder(
            definitions: try reader.read(
                definitions.sorted { $0.key < $1.key }.map { name, text in
                    let lines = text.split(separator: separator).joined(separator: "\n")
                    return .init(name: name, path: "\(name).conf", text: "[Partition]\n\(lines)\n")
                }
            ),
            root: directory("tree"),
            image: directory("image-\(count).raw"),
            scratch: directory("scratch-\(count)"),
            seed: try #require(GUID(seed ?? Self.seed)),
            run: { [runner] (command, environment) throws(DiskError) in
                let variables = environment.map { "\($0.key)=\($0.value)" }
                guard let result = try? TestSupport.run(runner + command, environment: plainEnvironment + variables)
                else {
                    throw DiskError(.system, "Cannot run \(command)")
                }
                if !result.succeeded { throw DiskError(.system, "\(result)") }
                return (result.output + result.errors).split(separator: "\n").map(String.init)
            },
            warn: { [warnings] line in warnings.withLock { $0.append(line) } },
            inform: { [lines] line in lines.withLock { $0.append(line) } }
        )
        builder.epoch = 1_700_000_000
        builder.passphrase = passphrase
        builder.signatures = key == nil ? signatures : .pending
        builder.sectorSize = sectorSize
        builder.jobs = 2
        return builder
    }

    /// Makes an image; returns it with the files of its partitions, by the definition's name.
    func build(_ definitions: [String: String]) throws -> (disk: BuiltDisk, image: String, parts: [String: String]) {
        let builder = try builder(definitions)
        let disk = try builder.build(builder.survey())
        for signature in disk.signatures { try sign(signature, in: builder.image) }
        let files = try disk.layout.split(base: directory("part-\(count)"))
        for file in files { try file.write(from: builder.image) }
        let paths = files.map(\.path)
        let names = disk.layout.partitions.map(\.definition.name)
        return (disk, builder.image, Dictionary(uniqueKeysWithValues: zip(names, paths)))
    }

    /// Has the program sign that users have.
    private func sign(_ signature: VeritySignature, in image: String) throws {
        let name = try #require(key)
        let request = SigningRequest(
            .pkcs7,
            digest: try signature.digest(),
            key: KeyReference(directory("\(name).key")),
            certificate: KeyReference(directory("\(name).crt"))
        )
        let input = try JSONText.string(request) + "\n"
        let output = try run([Stage.installation.sign], input: input).output
        let answer = try JSONText.decode(SigningAnswer.self, from: output.utf8)
        let bytes = try #require(answer.signature.flatMap(Base64.decoded), "\(answer)")
        let certificate = try #require(answer.certificate.flatMap(Base64.decoded))
        try signature.write(bytes, certificate: certificate, to: image)
    }

    func digest(_ path: String) throws -> String {
        try runChecked(["sha256sum", path]).output.prefix(64).description
    }
}

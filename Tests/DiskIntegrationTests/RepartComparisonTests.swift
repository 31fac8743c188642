import DiskKit
import FoundationEssentials
import Glibc
import Support
import System
import TestSupport
import Testing

/// Our disks and those of systemd-repart 257: same definitions, seed and tree, same table, identifiers, sizes and hashes.
@Suite struct RepartComparisonTests {
    private func project() throws -> DiskProject {
        let project = try DiskProject()
        let script = """
            set -e
            python3 -c "import random; random.seed(1); open('tree/blocks', 'wb').write(random.randbytes(3000 * 4096))"
            mkdir -p tree/usr/lib
            printf 'ID=example\\nVERSION_ID=7\\nIMAGE_ID=box\\nIMAGE_VERSION=3\\n' > tree/usr/lib/os-release
            rm tree/etc/pipe tree/usr/sparse
            rm -r tree/home
            mkdir tree/home
            for number in $(seq 300); do echo $number > "tree/home/file-$number"; done
            printf secret > phrase
            find tree -exec touch -h -d @1600000000 {} +
            openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=test -days 30 -keyout one.key -out one.crt 2>/dev/null
            """
        try runChecked(["sh", "-c", script], in: project.directory.path)
        project.specifiers = ["a": "x86-64", "o": "example", "w": "7", "M": "box", "A": "3"]
        project.passphrase = Array("secret".utf8)
        project.signatures = .pending
        return project
    }

    @Test func theMatrixIsLargeEnoughAndHasEveryKey() {
        #expect(RepartComparison.all.count >= 40)
        let text = RepartComparison.all.flatMap(\.definitions.values).joined(separator: ";")
        // Keys that begin with X- are our own.
        for key in DefinitionReader.keyNames where !key.utf8.starts(with: "X-".utf8) {
            #expect(text.contains("\(key)="), "\(key)")
        }
    }

    @Test func recordedDisksAreEqual() throws {
        let project = try project()
        for set in RepartComparison.portable where set.difference == nil {
            let ours = try set.ours(project)
            #expect(ours == set.expected, "\(set.name): \(ours) is not \(String(describing: set.expected))")
        }
    }

    @Test("what is made otherwise on purpose is made, and still differs")
    func recordedDifferences() throws {
        let project = try project()
        let sets = RepartComparison.portable.filter { $0.difference != nil }
        #expect(sets.count >= 7)
        for set in sets {
            let ours = try set.ours(project)
            #expect(ours != set.expected, "\(set.name): there is no difference left")
        }
    }

    /// With the file-system tools of the same Debian.
    ///
    /// `MKOSI_RECORD=1` writes what is expected.
    @Test(.inSoak, .needsRoot)
    func madeDisksAreEqual() throws {
        let project = try project()
        let machine = try RepartMachine(below: project.directory)
        project.runner = machine.command(showing: project.directory.path)
        var recorded = RepartComparison.all
        for (index, set) in RepartComparison.all.enumerated() {
            let (theirs, run) = try machine.theirs(set, project)
            let ours = try set.ours(project)
            if set.difference == nil {
                #expect(ours == theirs, "\(set.name): \(ours) is not \(theirs) \(run.errors.suffix(300))")
            } else {
                #expect(ours != theirs, "\(set.name): there is no difference left")
            }
            recorded[index].expected = theirs
        }
        guard getenv("MKOSI_RECORD") != nil else { return }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        try encoder.encode(recorded).write(to: URL(filePath: RepartComparison.file))
    }
}

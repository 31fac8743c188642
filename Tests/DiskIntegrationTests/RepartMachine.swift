import DiskKit
import Execution
import FoundationEssentials
import Glibc
import Support
import System
import TestSupport

/// A tree of Debian 13 in which systemd-repart 257 and its tools run, each time in a mount namespace of its own.
struct RepartMachine {
    let tree: String

    /// The tree of `MKOSI_REPART_TREE`, or one that is built below a directory.
    init(below directory: TemporaryDirectory) throws {
        if let given = getenv("MKOSI_REPART_TREE") {
            tree = String(cString: given)
            return
        }
        let packages = [
            "systemd-repart", "e2fsprogs", "erofs-utils", "squashfs-tools", "dosfstools", "mtools", "btrfs-progs",
            "xfsprogs",
            "cryptsetup-bin",
        ]
        try runChecked(
            [
                Stage.mkosi, "--directory=\(directory.path)", "--distribution=debian", "--release=trixie",
                "--format=directory", "--output=trixie", "--package=\(packages.joined(separator: ","))",
            ],
            environment: plainEnvironment + ["HOME=\(directory.path)"],
            limit: 900
        )
        tree = directory("trixie")
    }

    /// A command that runs another one in the tree, with a directory of the host at its own place there.
    func command(showing directory: String) -> [String] {
        let script = """
            set -e
            tree=$1
            shown=$2
            shift 2
            mkdir -p "$tree/proc" "$tree/dev"
            mount -t tmpfs devices "$tree/dev"
            for name in null zero urandom random full; do
                : >"$tree/dev/$name"
                mount --bind "/dev/$name" "$tree/dev/$name"
            done
            ln -s /proc/self/fd "$tree/dev/fd"
            mount -t proc proc "$tree/proc"
            mount -t tmpfs temporary "$tree/var/tmp"
            mkdir -p "$tree$shown"
            mount --bind "$shown" "$tree$shown"
            exec chroot "$tree" "$@"
            """
        return ["unshare", "--mount", "--propagation=private", "sh", "-c", script, "sh", tree, directory]
    }

    /// What systemd-repart makes of a set from the tree of a project.
    func theirs(_ set: RepartComparison, _ project: DiskProject) throws -> (RepartComparison.Disk, RunResult) {
        let directory = project.directory
        try runChecked(["rm", "-rf", directory("definitions"), directory("theirs.raw")])
        try directory.makeDirectory("definitions")
        for (name, text) in set.definitions {
            let lines = text.replacing(";", with: "\n")
            try directory.write("[Partition]\n\(lines)\n", to: "definitions/\(name).conf")
        }
        var command = [
            "env", "SOURCE_DATE_EPOCH=1700000000", "systemd-repart", "--offline=yes", "--empty=create", "--dry-run=no",
            "--size=\(set.size.map(String.init) ?? "auto")", "--definitions=\(directory("definitions"))",
            "--json=pretty",
            "--seed=\(set.seed ?? DiskProject.seed)", "--root=\(directory("tree"))",
            "--split=\(set.isSplit ? "yes" : "no")", "--no-pager",
            "--key-file=\(directory("phrase"))", "--private-key=\(directory("one.key"))",
            "--certificate=\(directory("one.crt"))",
        ]
        if let size = set.sectorSize { command.append("--sector-size=\(size)") }
        command.append(directory("theirs.raw"))
        let result = try run(self.command(showing: directory.path) + command, limit: 300)
        defer {
            for path in (try? Files.list(directory.path)) ?? [] where path.hasPrefix("theirs") {
                Files.remove(directory(path))
            }
        }
        if !result.succeeded {
            // A crash, or something that the tree does not have, is no answer.
            guard result.status == .exited(1), !result.errors.contains("not found"),
                !result.errors.contains("Failed to execute")
            else { throw Failure(.command, "systemd-repart fails for \(set.name): \(result)") }
            return (.init(isRefused: true), result)
        }
        let lines = try JSONDecoder().decode([Line].self, from: Data(result.output.utf8))
        var disk = RepartComparison.Disk()
        for line in lines {
            let start = directory("theirs.")
            let name = line.split_path.flatMap { $0.hasPrefix(start) ? $0.dropFirst(start.count).dropLast(4) : nil }
            disk.partitions.append(
                .init(
                    type: line.type,
                    label: line.label == "-" ? "" : line.label,
                    uuid: line.uuid,
                    offset: line.offset,
                    size: line.raw_size,
                    split: name.map(String.init)
                )
            )
        }
        disk.rootHashes = Set(lines.compactMap(\.roothash)).sorted()
        try disk.measure(directory("theirs.raw"), sectorSize: set.sectorSize ?? 512)
        return (disk, result)
    }

    /// A line of the table that systemd-repart prints.
    private struct Line: Decodable {
        var type: String
        var label: String
        var uuid: String
        var offset: UInt64
        var raw_size: UInt64
        var roothash: String?
        var split_path: String?
    }
}

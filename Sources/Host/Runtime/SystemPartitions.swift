import DiskKit
import Support
import System

/// The partitions of a disk that a kernel has to be told about when no boot loader starts it.
struct SystemPartitions {
    /// Facts as `KernelCommandLine` takes them.
    private(set) var facts: [String: String] = [:]
    /// The words that name root and `/usr`, if no root hash does.
    private(set) var words: [String] = []

    /// Reads the partition table of a disk.
    init(disk: MachineFile) throws(Failure) {
        let table: PartitionTable
        do throws(DiskError) {
            let file = try ImageFile(disk.place, isWritable: false)
            table = try PartitionTable.reading(size: file.size()) { (offset, count) throws(DiskError) in
                try file.read(at: offset, count)
            }
        } catch {
            throw Failure(
                .configuration,
                "Cannot find the partitions of \(disk.path): \(error.message)",
                hint: error.hint
            )
        }
        let pairs = [
            (name: "root", word: "root", data: PartitionType.Role.root, hash: PartitionType.Role.rootVerity),
            (name: "usr", word: "mount.usr", data: .usr, hash: .usrVerity),
        ]
        for pair in pairs {
            guard let data = Self.identifier(of: pair.data, in: table) else { continue }
            facts["\(pair.name)-partition"] = data.description
            // The identifiers of the two are the halves of the root hash.
            if let hash = Self.identifier(of: pair.hash, in: table) {
                facts["\(pair.name)hash"] = "\(data)\(hash)".filter { $0 != "-" }
            } else {
                words.append("\(pair.word)=PARTUUID")
            }
        }
    }

    private static func identifier(of role: PartitionType.Role, in table: PartitionTable) -> GUID? {
        table.entries.lazy.compactMap { $0 }.first { PartitionType(identifier: $0.type).role == role }?.identifier
    }
}

extension DiskBuilder {
    /// Returns the content of a partition, with the lines that its disk adds to fstab(5) and crypttab(5).
    func plan(of definition: PartitionDefinition) throws(DiskError) -> ContentPlan {
        var plan = ContentPlan(definition, among: definitions)
        plan.generated = try tables()
        return plan
    }

    private func tables() throws(DiskError) -> [String: String] {
        var (mounts, volumes): ([String], [String]) = ([], [])
        var identifiers = DerivedIdentifiers(seed: seed)
        for definition in definitions {
            let derived = try identifiers.nextPartition(of: definition.type.identifier)
            if definition.isSupplement { continue }
            let partition: GUID = if case .fixed(let fixed) = definition.identifier { fixed } else { derived }
            if let fileSystem = definition.fileSystem {
                let name = try fileSystemName(fileSystem, in: partition)
                let pass = definition.type.role == .root ? 1 : 2
                for mount in definition.mountPoints {
                    let options = Self.mountOptions(definition, fileSystem) + (mount.options.map { ",\($0)" } ?? "")
                    mounts.append("UUID=\(name) \(Self.field(mount.path)) \(fileSystem) \(options) 0 \(pass)")
                }
            }
            if definition.encryption != .off, let volume = definition.encryptedVolume {
                let name = try DerivedIdentifiers.encryption(of: partition)
                let fields = [
                    volume.name ?? "luks-\(name)", "UUID=\(name)", volume.keyFile ?? "-", volume.options ?? "",
                ]
                volumes.append(fields.filter { !$0.isEmpty }.map(Self.field).joined(separator: " "))
            }
        }
        var tables: [String: String] = [:]
        if !mounts.isEmpty { tables["/etc/fstab"] = mounts.joined(separator: "\n") + "\n" }
        if !volumes.isEmpty { tables["/etc/crypttab"] = volumes.joined(separator: "\n") + "\n" }
        return tables
    }

    /// Returns the name of a file system in udev, by its identifier.
    private func fileSystemName(_ fileSystem: String, in partition: GUID) throws(DiskError) -> String {
        let identifier = try DerivedIdentifiers.fileSystem(in: partition)
        guard fileSystem == "vfat" else { return identifier.description }
        let digits = Array(identifier.description.uppercased())
        return String(digits[0..<4]) + "-" + String(digits[4..<8])
    }

    /// The options that systemd mounts a partition of the type with.
    private static func mountOptions(_ definition: PartitionDefinition, _ fileSystem: String) -> String {
        switch definition.type.role {
        case .esp, .xbootldr:
            return (fileSystem == "vfat" ? "umask=0077," : "") + "rw,nodev,nosuid,noexec,nosymfollow"
        default:
            let isReadOnly = FileSystem.all[fileSystem]?.placement == .apart || definition.readOnly == true
            return (isReadOnly ? "ro" : "discard,rw") + ",nodev,suid,exec"
        }
    }

    /// A field of such a table: what separates fields is written in octal digits.
    private static func field(_ text: String) -> String {
        text.reduce(into: "") { result, character in
            switch character {
            case " ": result += "\\040"
            case "\t": result += "\\011"
            case "\n": result += "\\012"
            case "\\": result += "\\134"
            default: result.append(character)
            }
        }
    }
}

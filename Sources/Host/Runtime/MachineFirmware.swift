import ByteKeys
import JSON
import System
public import Tools

/// UEFI firmware for virtual machines, as its packages describe it (QEMU, docs/interop/firmware.json).
public struct MachineFirmware: Sendable, Equatable {
    /// The firmware's code, as QEMU has it.
    public var code: String
    /// The variables that a new machine begins with, as the host has them.
    public var variables: String
    /// True if it can refuse programs that are not signed.
    public var hasSecureBoot: Bool
    /// True if keys of vendors are in its variables already.
    public var hasKeys: Bool
    /// True if its code has to be protected by the system management mode of the processor.
    public var needsManagementMode: Bool

    public init(code: String, variables: String, hasSecureBoot: Bool, hasKeys: Bool, needsManagementMode: Bool) {
        self.code = code
        self.variables = variables
        self.hasSecureBoot = hasSecureBoot
        self.hasKeys = hasKeys
        self.needsManagementMode = needsManagementMode
    }

    /// The directories of descriptions; the name of a file is its rank, and a file hides those of its name in later
    /// directories.
    private static let directories = [
        "/etc/qemu/firmware", "/usr/local/share/qemu/firmware", "/usr/share/qemu/firmware",
    ]

    /// All firmware for an architecture that is installed, the preferred one first.
    ///
    /// - Parameters:
    ///   - architecture: As QEMU names it: `x86_64`.
    ///   - machine: The type of machine, such as `q35`.
    ///   - tools: The tree that has QEMU, or the host.
    ///   - directories: Directories of descriptions in it.
    /// - Returns: Those whose files exist.
    public static func installed(
        for architecture: String,
        machine: String,
        in tools: Tools = Tools(),
        directories: [String]? = nil
    ) -> [MachineFirmware] {
        var paths: ByteDictionary<String> = [:]
        for directory in (directories ?? Self.directories).compactMap(tools.hostPath) {
            for name in (try? Files.list(directory)) ?? [] where name.hasSuffix(".json") && paths[name] == nil {
                paths[name] = Paths.join(directory, name)
            }
        }
        return paths.sorted { $0.key < $1.key }.compactMap { entry in
            guard let bytes = try? Files.read(entry.value, limit: 1 << 20),
                let json = try? JSONText.decode(JSON.self, from: bytes)
            else { return nil }
            guard var firmware = MachineFirmware(json, architecture, machine), tools.hostPath(of: firmware.code) != nil,
                let variables = tools.hostPath(of: firmware.variables)
            else { return nil }
            firmware.variables = variables
            return firmware
        }
    }

    private init?(_ json: JSON, _ architecture: String, _ machine: String) {
        let targets = json["targets"]?.array ?? []
        let isFor = targets.contains { target in
            guard target["architecture"]?.string == architecture else { return false }
            // Types are patterns with versions: `pc-q35-*`.
            return (target["machines"]?.array ?? []).contains { pattern in
                pattern.string.map { Glob.matches("pc-\(machine)-9.0", $0) || Glob.matches("\(machine)-9.0", $0) }
                    == true
            }
        }
        let interfaces = json["interface-types"]?.array ?? []
        guard isFor, interfaces.contains("uefi"), let mapping = json["mapping"], mapping["device"] == "flash",
            let executable = mapping["executable"], executable["format"] == "raw",
            let template = mapping["nvram-template"], template["format"] == "raw",
            let code = executable["filename"]?.string, let variables = template["filename"]?.string
        else { return nil }
        let features = json["features"]?.array ?? []
        self.code = code
        self.variables = variables
        hasSecureBoot = features.contains("secure-boot")
        hasKeys = features.contains("enrolled-keys")
        needsManagementMode = features.contains("requires-smm")
    }
}

import Glibc
public import PluginWire
import System

/// A package that a tree has.
public struct InstalledRPM: Codable, Sendable, Equatable {
    public var name: String
    public var epoch: Int
    public var version: String
    public var release: String
    public var architecture: String
    /// Bytes.
    public var size: Int
    public var license: String
    public var sourcePackage: String
    /// Nil if no package manager has recorded it.
    public var isRequested: Bool?

    public var identity: RPMIdentity {
        RPMIdentity(name: name, epoch: epoch, version: version, release: release, architecture: architecture)
    }
}

/// Asks rpm about a tree, through a copy of its database.
public struct RPMQuery {
    private let command: RPMCommand
    private let directory: String

    public init(_ database: RPMDatabase, _ command: RPMCommand) throws(ErrorObject) {
        self.command = command
        directory = command.scratch + "/database"
        for name in SystemFile.names(in: directory) { unlink("\(directory)/\(name)") }
        try database.copy(to: directory)
    }

    /// The lines of a query of all packages; see `rpm --querytags`.
    public func lines(_ format: String, of names: [String] = []) throws(ErrorObject) -> [String] {
        var lines: [String] = []
        let which = names.isEmpty ? ["--all"] : names
        let status = try command.run(
            ["rpm", "--dbpath", directory, "--nosignature", "--nodigest", "--query"] + which + [
                "--queryformat", format,
            ]
        ) { lines.append($0) }
        guard status == 0 else {
            throw ErrorObject(
                code: .commandFailed,
                message: "rpm cannot read the database of the image, status \(status)",
                output: lines.suffix(20).joined(separator: "\n")
            )
        }
        return lines
    }

    /// Returns the installed packages, without the keys that rpm keeps in its database too.
    public func packages() throws(ErrorObject) -> [InstalledRPM] {
        let tags = ["NAME", "EPOCHNUM", "VERSION", "RELEASE", "ARCH", "LONGSIZE", "SOURCERPM", "LICENSE"]
        let format = tags.map { "%{\($0)}" }.joined(separator: "\\t") + "\\n"
        return try lines(format).compactMap { line in
            let fields = line.split(separator: "\t", maxSplits: 7, omittingEmptySubsequences: false).map(String.init)
            guard fields.count == 8, fields[0] != "gpg-pubkey" else { return nil }
            return InstalledRPM(
                name: fields[0],
                epoch: Int(fields[1]) ?? 0,
                version: fields[2],
                release: fields[3],
                architecture: fields[4],
                size: Int(fields[5]) ?? 0,
                license: fields[7],
                sourcePackage: fields[6]
            )
        }
    }
}

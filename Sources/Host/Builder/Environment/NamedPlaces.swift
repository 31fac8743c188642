import CFiles
import Configuration
import Glibc
import Sandbox
import Support
import System

/// The places outside of the project that its configuration names, as commands and scripts see them: without their
/// sockets.
///
/// A mount shows more than files. Whoever finds a socket in it can connect, on a read-only mount and without a network as
/// well, and the program that listens takes the caller for the user who builds.
struct NamedPlaces: Sendable {
    /// The directory of the project: what is in it is the project's own.
    var project: String?

    /// Returns the reason why nothing in a sandbox may see a place; nil if it may.
    func refusal(of path: String) -> String? {
        let place = Paths.resolved(path) ?? Paths.absolute(path)
        let found = ReservedPlaces.directory(at: place, project: project)
        return found.map { "no sandbox may see \(path): programs of this machine are reached in \($0)" }
    }

    /// Shows a file or a directory to be read; nothing if it is neither.
    func readable(_ path: String, at target: String) -> [Plan.Step] {
        guard let place = Paths.resolved(path) else { return [] }
        if isOwn(place) { return [.readOnly(path, at: target)] }
        return Self.withoutSockets(path, at: target)
            + MountTable.points(below: place).flatMap { point in
                Self.withoutSockets(
                    point,
                    at: target + String(decoding: point.utf8.dropFirst(place.utf8.count), as: UTF8.self)
                )
            }
    }

    /// FAT, exFAT and ISO 9660: nothing can listen there, and the kernel takes no layers of overlays from the first two.
    private static let kindsWithoutSockets: Set<UInt32> = [0x4d44, 0x2011_bab0, 0x9660]

    /// The files of an overlay are others than those below it: whoever listens at one of those is not found.
    private static func withoutSockets(_ path: String, at target: String) -> [Plan.Step] {
        switch Files.kind(of: path, followLinks: true) {
        case S_IFDIR where kindsWithoutSockets.contains(mkosi_file_system_type(path)): [.readOnly(path, at: target)]
        case S_IFDIR: [.overlay(Plan.Overlay(lower: [path], upper: .none, target: target))]
        case S_IFREG: [.readOnly(path, at: target)]
        default: []
        }
    }

    /// Covers the sockets below a directory that is shown itself, because it can be changed.
    func covers(of directory: String, at target: String) throws(Failure) -> [Plan.Step] {
        guard let place = Paths.resolved(directory), !isOwn(place) else { return [] }
        var covers: [Plan.Step] = []
        for socket in sockets(below: place) {
            // A directory can be renamed; a mount at another path would leave the socket open.
            guard socket.isText else {
                throw Failure(
                    .configuration,
                    "\(printable(socket.string)) in \(place) is a socket that cannot be hidden"
                )
            }
            covers.append(.readOnly("/dev/null", at: "\(target)/\(socket.string)"))
        }
        return covers
    }

    /// The paths of sockets relative to a directory, without those of the project's own directory.
    private func sockets(below directory: String) -> [BytePath] {
        let own = project.flatMap(Paths.resolved).map { BytePath($0) }
        var found: [BytePath] = []
        var rest = [BytePath(bytes: [])]
        while let next = rest.popLast() {
            let path = next.isEmpty ? BytePath(directory) : BytePath(bytes: Array("\(directory)/".utf8) + next.bytes)
            guard path != own, let entries = try? DirectoryReader.directoriesAndSockets(at: path) else { continue }
            for (name, kind) in entries {
                let inner = next.isEmpty ? name : BytePath(bytes: next.bytes + [UInt8(ascii: "/")] + name.bytes)
                if kind == .directory { rest.append(inner) } else { found.append(inner) }
            }
        }
        return found
    }

    private func isOwn(_ place: String) -> Bool { ReservedPlaces.isOwn(place, project) }
}

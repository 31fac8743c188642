import CFiles
import Execution
import Glibc
import Sandbox
import Support
import System

/// Checks early whether the layers of an image can be stored in a directory.
///
/// The kernel does not lay changes upon every file system: not upon another overlay, such as the root of a container,
/// nor upon one that comes over the network or knows no attributes.
struct OverlaySupport {
    var installation: Installation

    /// Refuses a directory whose file system cannot hold what an overlay changes; `setting` names another one.
    func check(_ directory: String, setting: String) throws(Failure) {
        if isKnownToWork(directory) { return }
        let probe = "\(directory)/.mkosi-probe-\(getpid())"
        do throws(SystemCallError) {
            try Files.makeDirectories("\(probe)/lower/kept")
            try Files.write([], to: "\(probe)/lower/kept/hidden")
            for name in ["upper", "work"] { try Files.makeDirectories("\(probe)/\(name)") }
        } catch {
            let hint = "set \(setting)= to another directory"
            throw Failure(.system, "Cannot write to \(directory)", hint: hint, cause: error)
        }
        defer { try? TreeDisposal.remove(probe, installation: installation) }
        // A directory that was removed and made again must not show what it had: that takes a mark in the upper one.
        let script = "rm -r /probe/kept && mkdir /probe/kept && [ ! -e /probe/kept/hidden ]"
        var plan = Plan(command: ["/bin/sh", "-c", script])
        plan.identity.becomesRoot = true
        plan.steps = [
            .readOnly("/usr", at: "/usr"), .symlink(content: "usr/bin", target: "/bin"),
            .symlink(content: "usr/lib", target: "/lib"), .symlink(content: "usr/lib64", target: "/lib64"),
            .overlay(
                Plan.Overlay(
                    lower: ["\(probe)/lower"],
                    upper: .directory("\(probe)/upper", work: "\(probe)/work"),
                    target: "/probe"
                )
            ),
        ]
        var command = Command(
            installation.sandbox,
            plan.arguments,
            environment: ["PATH=\(SearchPath.distribution)"]
        )
        command.title = "mounting an overlay"
        do throws(Failure) {
            try command.runChecked()
        } catch {
            throw Failure(
                .system,
                "Cannot store image layers in \(directory): its file system does not support overlayfs",
                hint: "set \(setting)= to a directory on ext4, xfs, btrfs or tmpfs",
                cause: error
            )
        }
    }

    /// File systems that support overlays, on a kernel that allows every user to mount them.
    private func isKnownToWork(_ directory: String) -> Bool {
        Self.known.contains(mkosi_file_system_type(directory)) && (getuid() == 0 || Self.kernelIsRecent)
    }

    /// The magic numbers of ext4, xfs, btrfs, f2fs and bcachefs (statfs(2)).
    private static let known: Set<UInt32> = [0xEF53, 0x5846_5342, 0x9123_683E, 0xF2F5_2010, 0xCA45_1A4E]

    /// Since Linux 5.11 users mount overlays in namespaces of their own.
    private static let kernelIsRecent: Bool = {
        let text = (try? Files.readText("/proc/sys/kernel/osrelease")) ?? ""
        let numbers = text.split(whereSeparator: { $0 == "." || $0 == "-" }).prefix(2).map { Int($0) ?? 0 }
        guard numbers.count == 2 else { return false }
        return numbers[0] > 5 || numbers[0] == 5 && numbers[1] >= 11
    }()
}

import Artifacts
import Configuration
import Glibc
import PluginWire
import Support
import System

/// The parts of an image that `SplitArtifacts=` asks for, and that are there before the format is asked.
struct SplitOutputs {
    let image: OutputImage
    let boot: BootResult
    let runner: SandboxRunner
    /// The tree in the sandbox; nil if there is none.
    let root: String?
    let staging: String

    /// Writes them next to the format's outputs.
    ///
    /// - Parameter kinds: The kinds of artifacts.
    /// - Returns: What was written.
    /// - Throws: What keeps a file from being copied.
    func write(_ kinds: [String]) throws(Failure) -> [ABI.V1.Output] {
        var outputs: [ABI.V1.Output] = []
        for kind in kinds {
            guard let (files, suffix) = newest(kind) else { continue }
            let name = image.output + suffix
            try join(files, to: Paths.join(staging, name))
            outputs.append(ABI.V1.Output(name: name, role: kind))
        }
        if image.splitArtifacts.contains("os-release"), let root {
            let name = "\(image.output).osrelease"
            try TreeFile.copy("/usr/lib/os-release", of: root, to: Paths.join(staging, name), runner)
            outputs.append(ABI.V1.Output(name: name, role: "os-release"))
        }
        return outputs
    }

    /// The files of a kind that were made for the image or for its newest kernel.
    private func newest(_ kind: String) -> (files: [String], suffix: String)? {
        for (item, made) in zip(boot.plan.items, boot.made)
        where item.description.kind == kind && !made.files.isEmpty {
            guard let suffix = item.description.suffix else { return nil }
            return (made.files.map(\.artifact.path), suffix)
        }
        return nil
    }

    private func join(_ files: [String], to path: String) throws(Failure) {
        do throws(SystemCallError) {
            let output = try Descriptor.open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW)
            var size: Int64 = 0
            for file in files {
                let input = try Files.openRegular(file, followsLink: false)
                if files.count == 1 { return try Files.copyAll(from: input.number, to: output.number, file) }
                size += try Files.copy(from: input.number, 0..<Int64.max / 2, to: output.number, at: size, file)
                // Kernels look for the next archive there.
                size = (size + 3) & ~3
                try systemCall("ftruncate", path) { ftruncate(output.number, off_t(size)) }
            }
        } catch {
            throw Failure(.system, "Cannot write \(Paths.name(path))", cause: error)
        }
    }
}

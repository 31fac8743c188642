import Configuration
import Glibc
import PluginWire
import Support

/// Where outputs end: nothing appears there before everything has succeeded.
struct OutputPlacement {
    let directory: String
    private let fileName: String
    private let mode: Int?

    init(image: ImageConfiguration) {
        directory = image.outputDirectory
        fileName = image.outputFileName
        mode = image[.outputMode]
    }

    var mainOutput: String { Paths.join(directory, fileName) }

    /// Refuses to replace an earlier output unless that is wanted.
    func checkFree(force: Bool) throws(Failure) {
        guard !force, Files.kind(of: mainOutput) != nil else { return }
        throw Failure(
            .exists,
            "\(mainOutput) exists already",
            hint: "Build with --force to replace it"
        )
    }

    /// Moves the outputs out of the staging folder and returns their new paths.
    func place(
        _ outputs: [ABI.V1.Output],
        from staging: String,
        runner: SandboxRunner
    ) throws(Failure) -> [String] {
        do throws(SystemCallError) {
            try Files.makeDirectories(directory)
        } catch {
            throw Failure(.system, "Cannot make the output folder", cause: error)
        }
        // First everything comes near, which may take time and fail; then each output takes its name at once.
        let near = "\(directory)/.mkosi-\(getpid())-\(fileName)"
        var moved: [(from: String, to: String)] = []
        do throws(Failure) {
            for (index, output) in outputs.enumerated() {
                let source = Paths.join(staging, output.name)
                let hidden = "\(near).\(index)"
                try bringNear(source, to: hidden, runner: runner)
                moved.append((hidden, Paths.join(directory, output.name)))
            }
            for (hidden, target) in moved { try replace(target, with: hidden, runner: runner) }
        } catch {
            for (hidden, _) in moved { try? remove(hidden, runner: runner) }
            throw error
        }
        return moved.map(\.to)
    }

    private func bringNear(_ source: String, to hidden: String, runner: SandboxRunner) throws(Failure) {
        if let mode, Files.kind(of: source) == S_IFREG { chmod(source, mode_t(mode)) }
        if rename(source, hidden) == 0 { return }
        guard errno == EXDEV else {
            throw Failure(.system, "Cannot move an output", cause: SystemCallError("rename", hidden, errno: errno))
        }
        var copy = ABI.V1.Run(["cp", "-a", "--reflink=auto", "--", source, hidden])
        copy.mounts = [ABI.V1.Mount(source: directory, target: directory, writable: true)]
        copy.label = "copying \(Paths.name(source))"
        do throws(Failure) {
            _ = try runner.run(copy)
        } catch {
            try? remove(hidden, runner: runner)
            throw error
        }
    }

    private func replace(_ target: String, with hidden: String, runner: SandboxRunner) throws(Failure) {
        // rename(2) replaces files at once; a folder has to go first, and goes by a hidden name.
        if Files.kind(of: target) == S_IFDIR {
            let old = "\(hidden).old"
            if rename(target, old) != 0 {
                throw Failure(
                    .system,
                    "Cannot replace an output",
                    cause: SystemCallError("rename", target, errno: errno)
                )
            }
            defer { try? remove(old, runner: runner) }
            if rename(hidden, target) != 0 {
                throw Failure(
                    .system,
                    "Cannot replace an output",
                    cause: SystemCallError("rename", target, errno: errno)
                )
            }
            return
        }
        if rename(hidden, target) != 0 {
            throw Failure(.system, "Cannot place an output", cause: SystemCallError("rename", target, errno: errno))
        }
    }

    /// Removes a file or a tree, which may hold files of the namespace's other users.
    func remove(_ path: String, runner: SandboxRunner) throws(Failure) {
        if Files.kind(of: path) == nil { return }
        if Files.kind(of: path) != S_IFDIR, unlink(path) == 0 { return }
        let parent = Paths.parent(path) ?? "/"
        var run = ABI.V1.Run(["rm", "-rf", "--", path])
        run.mounts = [ABI.V1.Mount(source: parent, target: parent, writable: true)]
        _ = try runner.run(run)
    }
}

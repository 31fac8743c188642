import ByteKeys
import CFiles
import Configuration
import Display
import Glibc
import PluginWire
import Support
import System

/// The final place of outputs: nothing appears there before everything has succeeded.
struct OutputPlacement {
    let directory: String
    private let fileName: String
    /// The output's name without extension.
    private let name: String
    private let sideNames: [String]
    private let origin: String
    private let mode: Int?
    /// The files that may be replaced, if not everything that has the name of an output.
    private let foreign: ForeignDirectory?
    /// Distinguishes the directories of builds in which outputs wait, so that their names cannot be known in advance.
    private let number = String(UInt64.random(in: .min ... .max), radix: 36)

    init(image: ImageConfiguration, variables: [String: String]) {
        foreign = ForeignDirectory(ofOutputs: image, variables)
        let image = OutputImage(image)
        directory = image.directory
        fileName = image.fileName
        name = image.output
        mode = image.outputMode
        var names: [String] = []
        if image.manifestFormat.contains("json") { names.append("\(image.output).manifest") }
        if image.checksum { names.append(image.checksumFileName) }
        if let name = ContainerSettings.name(for: image) { names.append(name) }
        sideNames = names
        let source = image.settings.origin(of: \.outputDirectory)
        origin = source == .standard ? "set OutputDirectory= to another one" : "it is set by \(source)"
    }

    /// A directory next to the outputs in which they wait to be renamed.
    var near: String { "\(directory)/\(Self.prefix)\(getpid())-\(number)-\(fileName)" }

    private static let prefix = ".mkosi-"

    /// Removes such directories of builds that had no time to: the machine went down, or all of their processes were
    /// killed.
    ///
    /// - Parameters:
    ///   - place: The output directory, which was opened without links.
    ///   - environment: Where it was before scripts ran.
    private func removeLeftOvers(in place: String, _ environment: BuildEnvironment) {
        let path = environment.pins.place(of: directory)
        for name in (try? Files.list(place)) ?? [] where name.hasSuffix("-\(fileName)") {
            guard name.hasPrefix(Self.prefix), let pid = pid_t(name.dropFirst(Self.prefix.count).prefix { $0 != "-" }),
                kill(pid, 0) != 0, errno == ESRCH
            else { continue }
            try? TreeDisposal.remove(Paths.join(path, name), installation: environment.installation)
        }
    }

    var mainOutput: String { Paths.join(directory, fileName) }

    /// The names of all outputs that are known before the image is built.
    var names: [String] { [fileName] + sideNames + (OutputLink.exists(at: link) ? [name] : []) }

    /// The output's name without extension, which leads to it unless the name is taken.
    var link: String { Paths.join(directory, name) }

    /// Makes the output directory, and refuses to replace earlier outputs unless that is wanted.
    ///
    /// - Parameters:
    ///   - force: True if outputs of earlier builds may be replaced.
    ///   - splits: True if the format may write parts of the image to files of their own, `NAME.PART`.
    /// - Throws: a failure if the directory cannot be used, or what is in it must not be replaced.
    func prepare(force: Bool, splits: Bool) throws(Failure) {
        try foreign?.checkNew([fileName, name])
        let isNew = !Files.exists(directory)
        do throws(SystemCallError) {
            if isNew {
                try Files.makeDirectories(directory, mode: CallerMask.directory)
                try systemCall("chmod", directory) { chmod(directory, CallerMask.directory) }
            }
            try systemCall("write to", directory) { access(directory, W_OK) }
        } catch {
            throw Failure(.system, "Cannot use the output directory \(directory)", hint: "\(origin)", cause: error)
        }
        if isNew { try foreign?.addWhole() }
        var known = [fileName] + sideNames
        if foreign != nil, splits {
            known += ((try? Files.list(directory)) ?? []).filter { $0.dropping(prefix: "\(name).") != nil }
        }
        if force {
            try foreign?.check(known)
            return
        }
        // All at once, before it is found that one of them is there: moving that one away is not enough.
        try foreign?.check(known.filter { !([fileName] + sideNames).containsBytes(of: $0) })
        for name in [fileName] + sideNames {
            let path = Paths.join(directory, name)
            guard Files.kind(of: path) != nil else { continue }
            throw Failure(.exists, "\(path) already exists", hint: "Use --force to replace it")
        }
    }

    /// Moves the outputs out of the staging directory and returns their new paths.
    func place(
        _ outputs: [ABI.V1.Output],
        from staging: String,
        runner: SandboxRunner
    ) throws(Failure) -> [String] {
        var own: [FileName] = []
        for output in outputs {
            guard let name = FileName(output.name) else {
                throw Failure(.plugin, "\"\(printable(output.name))\" is not the name of an output")
            }
            own.append(name)
        }
        try OutputKind.check(own, in: staging, besides: [fileName] + sideNames)
        // Scripts have run, and may have put a link in the place of the directory: what is opened now is what is used.
        let opened = try runner.environment.pins.open(directory, O_RDONLY | O_DIRECTORY)
        let place = "/proc/self/fd/\(opened.number)"
        removeLeftOvers(in: place, runner.environment)
        // First everything comes near, which may take time and fail; then each output takes its name at once.
        // Whatever is left in the directory when the build ends, however it ends, goes with the workspace.
        let passing = try Self.makePassing(Paths.join(place, Paths.name(near)))
        let near = "/proc/self/fd/\(passing.number)"
        var moved: [(from: String, to: String)] = []
        for (index, name) in own.enumerated() {
            let hidden = "\(near)/\(index)"
            try bringNear(name.path(in: staging), to: hidden, runner: runner)
            moved.append((hidden, name.path(in: place)))
        }
        let names = moved.map { Paths.name($0.to) }
        let made = names + (fitsLink ? [name] : [])
        // Names that scripts have chosen among them, which nothing could know before.
        try foreign?.check(names)
        try foreign?.add(made)
        for (hidden, target) in moved { try replace(target, with: hidden) }
        if outputs.map(\.name).containsBytes(of: fileName) { try makeLink(in: place, near) }
        try foreign?.identify(made)
        rmdir(Paths.join(place, Paths.name(self.near)))
        withExtendedLifetime((opened.number, passing.number)) {}
        return moved.map { Paths.join(directory, Paths.name($0.to)) }
    }

    /// Makes the directory that outputs pass through.
    ///
    /// Who may write to the output directory can rename it and put a link in its place, so it is used as it was opened.
    static func makePassing(_ path: String) throws(Failure) -> Descriptor {
        do throws(SystemCallError) {
            try systemCall("mkdir", path) { mkdir(path, 0o700) }
            let directory = try Descriptor.open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
            var status = stat()
            try systemCall("fstat", path) { fstat(directory.number, &status) }
            guard status.st_uid == geteuid() else { throw SystemCallError("open", path, errno: EPERM) }
            return directory
        } catch {
            throw Failure(.system, "Cannot write to the output directory", cause: error)
        }
    }

    /// A Boolean value indicating whether the name without extension is free, or a link that a build has made.
    private var fitsLink: Bool {
        OutputLink.fits(at: link) && (Files.kind(of: link) == nil || foreign?.made(name) != false)
    }

    /// Links the name without extension to the output, so that other images can refer to it.
    private func makeLink(in place: String, _ near: String) throws(Failure) {
        let path = Paths.join(place, name)
        guard !name.hasSameBytes(as: fileName), OutputLink.fits(at: path), fitsLink else { return }
        let hidden = "\(near)/link"
        if symlink(fileName, hidden) != 0 {
            throw Failure(.system, "Cannot link an output", cause: SystemCallError("symlink", hidden, errno: errno))
        }
        try replace(path, with: hidden)
    }

    private func bringNear(_ source: String, to hidden: String, runner: SandboxRunner) throws(Failure) {
        if Files.kind(of: source) == S_IFREG { chmod(source, mode.map { mode_t($0) } ?? Self.mode(of: source)) }
        if Files.kind(of: source) == S_IFDIR, Paths.name(source) != fileName {
            // A directory that a script made: others must not write there, nor get its group by a bit.
            chmod(source, Self.mode(of: source) & ~0o022)
        }
        if rename(source, hidden) == 0 { return }
        guard errno == EXDEV else {
            throw Failure(.system, "Cannot move an output", cause: SystemCallError("rename", hidden, errno: errno))
        }
        let target = Paths.join(near, Paths.name(hidden))
        var copy = ABI.V1.Run(["cp", "-a", "--reflink=auto", "--", source, target])
        copy.mounts = [ABI.V1.Mount(source: directory, target: directory, writable: true)]
        if let parent = Paths.parent(source) {
            copy.mounts?.insert(ABI.V1.Mount(source: parent, target: parent), at: 0)
        }
        copy.label = "copying \(Paths.name(source))"
        _ = try runner.run(copy)
        // The command had only the path.
        guard Files.kind(of: hidden) != nil else {
            throw Failure(.system, "Cannot copy an output: \(printable(near)) was replaced while it was used")
        }
    }

    /// Returns the usual mode of a file after the caller's mask; a file that was made private stays so.
    private static func mode(of path: String) -> mode_t {
        var status = stat()
        guard lstat(path, &status) == 0 else { return CallerMask.file }
        let mode = status.st_mode & 0o777
        return (mode & 0o044 == 0 ? mode : mode & 0o111 | 0o666) & ~CallerMask.value
    }

    private func replace(_ target: String, with hidden: String) throws(Failure) {
        // What is there changes places with what is new, and is removed with the workspace: so there is no moment
        // without an output, whatever both are, and without the flush that the kernel does for a replacement.
        if mkosi_exchange(hidden, target) == 0 { return }
        // Not all file systems can. rename(2) replaces a file by a file at once; in all other cases what is there goes
        // first.
        let kinds = [Files.kind(of: target), Files.kind(of: hidden)]
        if kinds[0] != nil, kinds.contains(S_IFDIR), rename(target, "\(hidden).old") != 0 {
            throw Failure(.system, "Cannot replace an output", cause: SystemCallError("rename", target, errno: errno))
        }
        if rename(hidden, target) != 0 {
            throw Failure(.system, "Cannot place an output", cause: SystemCallError("rename", target, errno: errno))
        }
    }
}

import ByteKeys
import Configuration
import PluginWire
import Support
import System

/// `SourceFileTransfer=`: build scripts of the first generations worked on a copy, without what git ignores.
struct SourceTransfer: Sendable {
    /// The files of a directory that are copied.
    enum Method: String, Sendable {
        case all = "copy-all"
        /// Those that git has under control.
        case cached = "copy-git-cached"
        /// Those, and new ones that git does not ignore.
        case others = "copy-git-others"
        /// Those that git has under control, with all that git knows of them.
        case more = "copy-git-more"
    }

    var settings: SettingsView<ScriptSourceSettings>
    /// Directories that builds write to, besides those that settings name.
    var ownDirectories: [String]
    var runner: SandboxRunner

    static let setting = settingName(.sourceFileTransfer)

    /// Returns the method of copying for a value of the setting; nil to give build scripts the directory itself.
    static func method(_ text: String, source: String) -> Method? {
        if text != "auto" { return Method(rawValue: text) }
        return Files.kind(of: Paths.join(source, ".git")) == nil ? .all : .others
    }

    /// Copies a directory; times stay, for programs that compile only what is newer.
    func copy(_ source: String, by method: Method, to target: String) throws(Failure) {
        let directories = ownDirectories(in: source)
        let names = try names(in: source, method).filter { name in
            !directories.contains { name.hasSameBytes(as: $0) || Paths.isBelow(name, $0) }
                // What git knows may be removed by now.
                && Files.kind(of: Paths.join(source, name)) != nil
        }
        if names.isEmpty { return }
        // Owners are not kept: files belong to the user, as those of the image do to root.
        let options = ["-dR", "--preserve=mode,timestamps,links", "--parents", "--reflink=auto", "-t", target]
        var run = ABI.V1.Run(["xargs", "-0", "cp"] + options + ["--"])
        run.input = names.map { "\($0)\0" }.joined()
        run.label = "copying \(source)"
        try runOutside(run, in: source, writing: target)
    }

    /// The paths to copy, relative to the directory.
    private func names(in source: String, _ method: Method) throws(Failure) -> [String] {
        switch method {
        case .all:
            do throws(SystemCallError) {
                return try Files.list(source)
            } catch {
                throw Failure(.system, "Cannot read \(source)", cause: error)
            }
        case .cached: return try git(["--cached", "--recurse-submodules"], in: source)
        case .others:
            return try git(["--cached", "--recurse-submodules"], in: source)
                + git(["--others", "--exclude-standard"], in: source)
        case .more: return try git(["--cached", "--recurse-submodules"], in: source) + [".git"]
        }
    }

    private func git(_ options: [String], in source: String) throws(Failure) -> [String] {
        // Nothing that the repository itself configures is to run.
        let safety = ["safe.directory=*", "core.fsmonitor=false", "core.hooksPath=/dev/null"]
        var run = ABI.V1.Run(["git"] + safety.flatMap { ["-c", $0] } + ["ls-files", "-z"] + options)
        run.environment = ["GIT_OPTIONAL_LOCKS": "0", "GIT_CONFIG_NOSYSTEM": "1"]
        run.label = "git ls-files"
        run.capture = true
        do throws(Failure) {
            let answer = try runOutside(run, in: source)
            guard answer.dropped == nil else {
                throw Failure(.command, "git lists too many files to copy")
            }
            return (answer.output ?? "").split(separator: "\0").map(String.init)
        } catch {
            throw Failure(
                .command,
                "git cannot list the files of \(source) for build scripts",
                hint: "\(Self.setting)=copy-all copies all of them",
                cause: error
            )
        }
    }

    /// Runs a command that sees the sources at their own place, and cannot change them.
    @discardableResult
    private func runOutside(
        _ run: ABI.V1.Run,
        in source: String,
        writing target: String? = nil
    ) throws(Failure) -> ABI.V1.Ran {
        var outside = runner
        if let target { outside.sandbox.writable.append(target) }
        outside.sandbox.tree = nil
        outside.sandbox.configuration = nil
        outside.sandbox.readable += GitRepository(of: source)?.paths ?? []
        var run = run
        run.mounts = [ABI.V1.Mount(source: source, target: source)]
        run.workingDirectory = source
        return try outside.run(run)
    }

    /// Returns the relative paths of directories in the project that builds write to, which are no sources.
    private func ownDirectories(in source: String) -> [String] {
        let configured = [
            settings.buildDirectory, settings.cacheDirectory, settings.packageCacheDirectory,
            settings.workspaceDirectory,
        ]
        let inside = (ownDirectories + configured.compactMap(\.self)).compactMap { path -> String? in
            let path = Paths.resolved(path) ?? path
            return Paths.isBelow(path, source) ? String(path.utf8.dropFirst(source.utf8.count + 1)) : nil
        }
        return inside + ["mkosi.builddir", "mkosi.cache", "mkosi.output", "mkosi.workspace"]
    }
}

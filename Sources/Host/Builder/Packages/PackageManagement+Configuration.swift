import Configuration
import Display
import Glibc
import PluginHost
import PluginWire
import Support
import System
import TreeWire

/// The package manager's configuration, and packages of the user's own.
extension PackageManagement {
    /// Writes the package manager's configuration, with the user's own files over those of the plugin.
    func configure(_ line: Step) throws(Failure) {
        let trees = image.sandboxTrees
        if !trees.isEmpty {
            let sandboxTree = "\(workspacePath)/sandbox-tree"
            try makeDirectory(sandboxTree)
            // A package manager that reads a pipe among its files would wait for ever.
            let edits = try TreeCopies.edits(for: trees, of: .sandboxTrees, environment.pins).map { edit in
                var edit = edit
                edit.refusesPipes = true
                return edit
            }
            try ownTree(sandboxTree).apply(edits)
            context.sandboxTree = sandboxTree
            try separateMetadata(for: sandboxTree)
        }
        try offerLocalPackages(from: image.packageDirectories + image.volatilePackageDirectories, line)
        try writeConfiguration(line)
    }

    private func writeConfiguration(_ line: Step) throws(Failure) {
        services.begin(line, "configure-manager", caches: .metadata)
        let configured = try session.request(ABI.V1.Configure(context: context))
        if context.configuration != nil {
            // An earlier round has left the user's files, whose links must not lead those of the plugin elsewhere.
            try ownTree(configurationPath).apply([TreeEdit(.remove, "/*")])
        }
        configuration = configured.files
        try ConfigurationFiles.write(configured.files, to: configurationPath)
        if let sandboxTree = context.sandboxTree {
            // The user's own files win over those of the plugin.
            let edit = TreeEdit(.copy, "/", source: sandboxTree)
            try ownTree(configurationPath).apply([edit])
        }
        context.configuration = configurationPath
        commands = configured.commands ?? []
        try fetcher.servers.set(configured.repositories)
        repositoryURLs = configured.repositories.flatMap(\.urls)
        for repository in configured.repositories {
            environment.display.log(.debug, "repository \(repository.name): \(repository.urls.joined(separator: " "))")
        }
    }

    /// Makes a repository of the packages in these directories and of those that scripts have put into theirs.
    private func offerLocalPackages(from directories: [String], _ line: Step) throws(Failure) {
        let suffix = distribution.description.packageFormat.map { ".\($0)" } ?? ""
        var edits: [TreeEdit] = []
        // Kept results of scripts are outside the workspace.
        let shown = directories + [builtPackages].compactMap(\.self)
        for directory in shown {
            do throws(SystemCallError) {
                // A package that is a tar archive has the ending of the format in front of that of the archive.
                edits += try Files.list(directory)
                    .filter { $0.hasSuffix(suffix) || $0.firstRange(of: "\(suffix).tar") != nil }
                    .map { name in
                        var edit = TreeEdit(.copy, "/\(name)", source: Paths.join(directory, name))
                        edit.refusesPipes = true
                        return edit
                    }
            } catch {
                let setting = settingName(.packageDirectories)
                throw Failure(.missing, "\(setting)= names \(directory), which cannot be read", cause: error)
            }
        }
        if edits.isEmpty, directories.isEmpty { return }
        let directory = "\(runner.sandbox.workspace)/local-repository"
        // Commands write to the workspace too; the plugin, which is in no sandbox, would follow a link of theirs.
        guard Files.kind(of: directory) ?? S_IFDIR == S_IFDIR else {
            throw Failure(.changed, "\(directory) is not a directory: a command has put something in its place")
        }
        try makeDirectory(directory)
        try ImageTree(path: directory, runner: runner).apply(edits, showing: shown)
        services.begin(line, "local-repository")
        _ = try session.request(ABI.V1.MakeRepository(context: context, directory: directory))
        context.localRepository = directory
    }

    /// Offers what build scripts have put into `$PACKAGEDIR` for installation, too.
    func offerBuiltPackages(_ line: Step) throws(Failure) {
        guard let builtPackages, (try? Files.list(builtPackages))?.isEmpty == false else { return }
        try offerLocalPackages(from: image.packageDirectories + image.volatilePackageDirectories, line)
        try writeConfiguration(line)
    }

    /// A directory of the workspace that other commands cannot change.
    private func ownTree(_ path: String) -> ImageTree {
        var runner = runner
        runner.sandbox.writable.append(path)
        return ImageTree(path: path, runner: runner)
    }

    private func makeDirectory(_ path: String) throws(Failure) {
        do throws(SystemCallError) {
            try Files.makeDirectories(path)
        } catch {
            throw Failure(.system, "Cannot create a directory in the workspace", cause: error)
        }
    }
}

import Execution
import Glibc
import PluginHost
import PluginWire
import Support
import System
import TestSupport

/// The plugins under Examples, ready to be started.
enum Examples {
    static let launcher = PluginLauncher(
        bridge: Paths.join(Repository.products, "mkosi-plugin-bridge"),
        environment: ["PATH", "HOME", "LD_LIBRARY_PATH"].compactMap { name in
            Environment.variable(name).map { "\(name)=\($0)" }
        },
        host: ABI.V1.Program(name: "mkosi", version: "test"),
        limits: .standard
    )

    /// The directory of an example, with what is built for it.
    final class Plugin {
        let directory: String
        private let scratch: TemporaryDirectory?

        /// Takes the directory as it is, or a copy of it next to a built product.
        init(_ example: String) throws {
            let source = Paths.join(Repository.examples, example)
            let start = try ManifestReader.read(in: source).start
            let file = start?.executable?.first ?? start?.library ?? ""
            if Files.exists(Paths.join(source, file)) {
                directory = source
                scratch = nil
                return
            }
            let scratch = try TemporaryDirectory()
            for name in try Files.list(source)
            where Files.kind(of: Paths.join(source, name), followLinks: true) == S_IFREG {
                let bytes = try Files.read(Paths.join(source, name))
                try Files.write(bytes, to: Paths.join(scratch.path, name))
            }
            if Files.exists(Paths.join(source, "Makefile")) {
                let headers = Paths.join(Repository.root, "Sources/PluginABI/CPluginABI/include")
                let environment = ["PATH=\(Environment.variable("PATH") ?? "")"]
                try Command("/usr/bin/make", ["-C", scratch.path, "INCLUDE=\(headers)"], environment: environment)
                    .runChecked()
            } else {
                symlink(Paths.join(Repository.products, file), Paths.join(scratch.path, file))
            }
            directory = scratch.path
            self.scratch = scratch
        }

        var installed: InstalledPlugin {
            get throws { InstalledPlugin(directory: directory, manifest: try ManifestReader.read(in: directory)) }
        }
    }
}

import BootKit
import PluginKit
import PluginWire
import System

/// The modules of GRUB for one kind of firmware, and the program that makes images of them.
///
/// Those of the tree are of the version that the system updates; without them, those of the tools are taken.
struct ModuleDirectory {
    /// `x86_64-efi`, `i386-pc`.
    let target: String
    let path: String

    /// - Throws: an error that names the package of Debian if they are nowhere.
    init(target: String, root: String, package: String) throws {
        self.target = target
        let places = ["/usr/lib/grub/\(target)", "/usr/share/grub2/\(target)"]
        let own = places.lazy.compactMap { Files.place($0, inTree: root) }.first(where: Files.isDirectory)
        guard let path = own ?? places.first(where: Files.isDirectory) else {
            throw ErrorObject(
                code: .notFound,
                message: "neither the image nor the tools have the modules of GRUB in \(places[0])",
                hint: "Add the package that has them to Packages= or ToolsTreePackages=: \(package)"
            )
        }
        self.path = path
    }

    /// Files of modules and of what they list, by name; a link would lead to a file of the host.
    func files() throws -> [String] {
        try Files.list(path).filter { name in
            (name.hasSuffix(".mod") || name.hasSuffix(".lst")) && Files.isPlainFile("\(path)/\(name)")
        }.sorted()
    }

    /// Makes a program of GRUB with some of its modules in it.
    ///
    /// - Parameters:
    ///   - image: The file that is made.
    ///   - prefix: The directory that it has its configuration and further modules in.
    ///   - modules: What is in the program itself.
    ///   - script: Commands that it begins with.
    /// - Throws: what the program says if it fails.
    func makeImage(_ image: String, prefix: String, modules: [String], script: String? = nil) throws {
        let program = ["grub-mkimage", "grub2-mkimage"].first {
            Paths.findProgram($0, path: SearchPath.distribution) != nil
        }
        guard let program else {
            throw ErrorObject(code: .commandFailed, message: "the program grub-mkimage is not installed")
        }
        var arguments = [program, "--directory=\(path)", "--format=\(target)", "--prefix=\(prefix)"]
        arguments.append("--output=\(image)")
        if let script { arguments.append("--config=\(script)") }
        let present = modules.filter { Files.isPlainFile("\(path)/\($0).mod") }
        var last = ""
        let child = ChildCommand(
            arguments: arguments + present,
            environment: ["PATH": SearchPath.distribution, "LC_ALL": "C.UTF-8"],
            onLine: { if !$0.isEmpty { last = $0 } }
        )
        let status = try child.run()
        guard status == 0 else {
            throw ErrorObject(code: .commandFailed, message: "\(program) failed with exit status \(status): \(last)")
        }
    }
}

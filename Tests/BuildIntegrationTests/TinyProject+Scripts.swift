import Support
import System
import TestSupport

extension TinyProject {
    /// Writes a script of the project, by default for the shell.
    func script(_ name: String, _ text: String, mode: UInt32 = 0o755) throws {
        try directory.write("#!/bin/sh\nset -eu\n\(text)\n", to: "project/\(name)", mode: mode)
        try giveToUser()
    }

    /// Puts the machine's shell with its libraries into the image, so that commands can run in there.
    func addShell() throws {
        let shell = try runChecked(["readlink", "-f", "/bin/sh"]).outputLines.first ?? "/bin/dash"
        let libraries = try runChecked(["ldd", shell]).outputLines.flatMap {
            $0.split { " \t".contains($0) }.map(String.init)
        }
        .filter { $0.hasPrefix("/") }
        for path in libraries { try copy(path, to: "mkosi.skeleton\(path)") }
        try copy(shell, to: "mkosi.skeleton/bin/sh")
        try giveToUser()
    }

    private func copy(_ source: String, to target: String) throws {
        let path = "\(project)/\(target)"
        try Files.makeDirectories(Paths.parent(path) ?? "/")
        try runChecked(["cp", "-L", source, path])
    }

    /// The text of a file of the image.
    func imageFile(_ path: String) throws -> String {
        try runChecked(["tar", "-xOf", "\(project)/image.tar", path]).output
    }

    /// What is in the image, as tar lists it.
    func imageList() throws -> [String] {
        try runChecked(["tar", "--numeric-owner", "-tvf", "\(project)/image.tar"]).outputLines
    }

    /// A file of the project's directory.
    func projectFile(_ name: String) throws -> String { try Files.readText("\(project)/\(name)") }
}

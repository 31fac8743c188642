import DistributionKit
import Glibc
import PluginWire
import System

/// dpkg and dpkg-query for scripts: the image's own, with the image as the root directory.
struct ScriptDpkg {
    let root: String
    let program: String

    /// Actions of dpkg(1) that are about package files and not about what is installed; dpkg-deb(1) does them.
    private static let fileActions: Set = [
        "-b", "--build", "-c", "--contents", "-e", "--control", "-x", "--extract", "-X", "--vextract", "-f", "--field",
        "--ctrl-tarfile", "--fsys-tarfile", "-I", "--info", "--compare-versions", "--help", "--version", "-?",
        "--force-help", "--validate-pkgname", "--validate-trigname", "--validate-archname",
        "--validate-version",
    ]
    private static let recursive: Set = ["-R", "--recursive"]

    func run(_ arguments: [String]) throws -> Int32 {
        let arguments = arguments.filter { !namesTree($0) }
        let action = arguments.first { $0.hasPrefix("-") && !Self.isOption($0) }
        if program == "dpkg", let action, Self.fileActions.contains(action) {
            return try PlainCommand(arguments: [program] + arguments).replace()
        }
        // The image's dpkg.cfg enables a log, which contains the time of the build; a later --log= still applies.
        let filter =
            program == "dpkg" ? ["--log=/dev/null"] + PathFilter(configurationDirectory: "/etc/dpkg").options : []
        let isRecursive = arguments.contains(where: Self.recursive.contains)
        var words: [Word] = []
        for argument in arguments {
            if isRecursive, Self.recursive.contains(argument) { continue }
            words += Self.words(argument, isRecursive: isRecursive)
        }
        var links = try PackageLinks(words.compactMap(\.file))
        try TreeEntry.enter(root)
        try DpkgCommand.check()
        try links.make()
        var paths = links.paths[...]
        let given = words.map { $0.file == nil ? $0.text : paths.removeFirst() }
        unsetenv("DPKG_ROOT")
        // Nothing of the tree is left to clean up: its /run is there for this command alone.
        links.keepAcrossExec()
        return try PlainCommand(arguments: [program] + filter + given).replace()
    }

    /// Returns true if a word says what is the case anyway.
    private func namesTree(_ word: String) -> Bool {
        ["--root=\(root)", "--root=\(root)/", "--instdir=\(root)", "--admindir=\(root)\(DpkgDatabase.path)"].contains(
            word
        )
    }

    /// Returns true if a word only changes how an action is done.
    private static func isOption(_ word: String) -> Bool {
        recursive.contains(word)
            || ["--force-", "--no-", "--refuse-", "--path-", "--status-", "--log", "--admindir"]
                .contains { word.hasPrefix($0) && word != "--force-help" }
    }

    private struct Word {
        var text: String
        /// A package outside the image.
        var file: String?
    }

    /// Package files are named as they are, or by the directory that they are in.
    private static func words(_ argument: String, isRecursive: Bool) -> [Word] {
        if argument.hasPrefix("-") { return [Word(text: argument)] }
        if isRecursive, SystemFile.isDirectory(argument) {
            return SystemFile.names(in: argument).flatMap { words("\(argument)/\($0)", isRecursive: true) }
                .filter { $0.file != nil }
        }
        let isPackage = argument.hasSuffix(".deb") && SystemFile.size(argument) != nil
        return [Word(text: argument, file: isPackage ? argument : nil)]
    }
}

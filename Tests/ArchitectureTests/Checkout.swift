import Glibc
import JSON
import PluginWire
import Support
import System
import TestSupport

/// The files of this checkout, read as text.
struct Checkout {
    struct File: Sendable, CustomStringConvertible {
        /// From the top of the checkout.
        var path: String
        var text: String

        var lines: [Substring] { text.split(separator: "\n", omittingEmptySubsequences: false) }

        /// The lines that contain one of these words, and their numbers from 1; upper case is not the same as lower case.
        ///
        /// strstr(3) finds the few lines that a slower look is worth: all lines together are many.
        func lines(with words: [String]) -> [(number: Int, line: Substring)] {
            let isCandidate = text.withCString { start in words.contains { strstr(start, $0) != nil } }
            guard isCandidate else { return [] }
            return lines.enumerated().compactMap { index, line in
                let isFound = String(line).withCString { start in words.contains { strstr(start, $0) != nil } }
                return isFound ? (index + 1, line) : nil
            }
        }
        var description: String { path }
    }

    /// The files below these directories, or at these paths, whose names end in one of `suffixes`; hidden ones are left out.
    static func files(in places: [String], suffixes: [String]) throws -> [File] {
        try places.flatMap { try paths(below: $0) }
            .filter { path in suffixes.contains { path.hasSuffix($0) } }
            .map { File(path: $0, text: try Files.readText(Paths.join(Stage.packageRoot, $0))) }
    }

    static func paths(below place: String) throws -> [String] {
        let full = Paths.join(Stage.packageRoot, place)
        guard Files.isDirectory(full) else { return Files.exists(full) ? [place] : [] }
        return try Files.list(full).filter { !$0.hasPrefix(".") }.flatMap { try paths(below: "\(place)/\($0)") }
    }

    static func text(_ path: String) throws -> String {
        try Files.readText(Paths.join(Stage.packageRoot, path))
    }

    /// Directories of the plugins that ship with the program, from `Plugins/`, and their manifests.
    static func plugins() throws -> [(directory: String, manifest: Manifest)] {
        try paths(below: "Plugins").filter { Paths.name($0) == "plugin.json" }.map { path in
            let bytes = try Files.read(Paths.join(Stage.packageRoot, path))
            let directory = Paths.parent(path) ?? ""
            return (
                String(directory.dropFirst("Plugins/".count)), try JSONText.decode(Manifest.self, from: bytes)
            )
        }
    }
}

import Glibc
import System
import TestSupport
import Testing

/// The directories of a module build on one another in one direction, so that each can be read without all others.
///
/// Files at the top of a module are what all its directories share.
@Suite struct DirectoryTests {
    private struct Directory {
        var name: String
        var code: [String] = []
        var types: [String] = []
    }

    /// Modules are below these directories; what such a directory has in it belongs to one module, or to several in a row.
    private static let roots = ["Sources", "Sources/Host", "Sources/PluginABI"]

    @Test("No directory of a module uses one that uses it")
    func directoriesMakeNoCircle() throws {
        var compared = 0
        let plugins = try Checkout.paths(below: "Plugins").compactMap { path in
            path.firstRange(of: "/Sources/").map { "\(path[..<$0.lowerBound])/Sources" }
        }
        for root in Self.roots + Set(plugins).sorted() {
            for name in try Files.list(Paths.join(Stage.packageRoot, root))
            where !Self.roots.contains("\(root)/\(name)") {
                let directories = try Self.directories(of: "\(root)/\(name)")
                compared += directories.count
                for circle in Self.circles(of: Self.uses(among: directories)) {
                    let names = circle.map { directories[$0].name }.sorted().joined(separator: ", ")
                    Issue.record(
                        "\(root)/\(name): \(names) use one another; move what they share to the lowest of them"
                    )
                }
            }
        }
        #expect(compared > 50)
    }

    private static func uses(among directories: [Directory]) -> [Set<Int>] {
        directories.indices.map { user in
            let others = directories.indices.filter { used in
                used != user
                    && directories[user].code.contains { code in
                        directories[used].types.contains { contains(code, word: $0) }
                    }
            }
            return Set(others)
        }
    }

    /// Sets of directories of which each leads to each other.
    private static func circles(of uses: [Set<Int>]) -> Set<Set<Int>> {
        var reached = uses
        for middle in uses.indices {
            for start in uses.indices where reached[start].contains(middle) {
                reached[start].formUnion(reached[middle])
            }
        }
        return Set(
            uses.indices.filter { reached[$0].contains($0) }.map { one in
                Set(uses.indices.filter { reached[one].contains($0) && reached[$0].contains(one) })
            }
        )
    }

    private static func directories(of module: String) throws -> [Directory] {
        let declaration = #/\b(?:struct|class|enum|protocol|actor|typealias) (\w+)/#
        var directories: [Directory] = []
        for file in try Checkout.files(in: [module], suffixes: [".swift"]) {
            let parts = Paths.components(String(file.path.dropFirst(module.count + 1)))
            guard parts.count > 1 else { continue }
            let name = String(parts[0])
            if directories.last?.name != name { directories.append(Directory(name: name)) }
            let lines = file.lines.filter { !$0.drop { $0 == " " }.hasPrefix("//") }
            directories[directories.count - 1].code.append(lines.joined(separator: "\n"))
            for line in lines where line.utf8.first.map({ $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "}") }) == true
            {
                guard let found = line.firstMatch(of: declaration) else { continue }
                directories[directories.count - 1].types.append(String(found.output.1))
            }
        }
        return directories
    }

    private static func contains(_ code: String, word: String) -> Bool {
        func isPart(_ byte: CChar) -> Bool { isalnum(CInt(byte)) != 0 || byte == CChar(bitPattern: UInt8(ascii: "_")) }
        return code.withCString { start in
            var rest = start
            while let hit = strstr(rest, word) {
                if (hit == start || !isPart(hit[-1])) && !isPart(hit[strlen(word)]) { return true }
                rest = UnsafePointer(hit + 1)
            }
            return false
        }
    }
}

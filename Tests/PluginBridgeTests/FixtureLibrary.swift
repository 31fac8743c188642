import FoundationEssentials
import Glibc
import TestSupport
import Testing

/// Where the sources of this project are.
enum Project {
    static let root: String = #filePath.split(separator: "/").dropLast(3).reduce("") { $0 + "/" + $1 }
    static let header = root + "/Sources/PluginABI/CPluginABI/include"

    /// The directory of the programs that were built with the tests.
    static var programs: String {
        get throws {
            let program = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
            return program.split(separator: "/").dropLast().reduce("") { $0 + "/" + $1 }
        }
    }
}

/// A library that the C compiler has just made out of a file in Tests/Fixtures/libraries.
struct FixtureLibrary {
    let directory: TemporaryDirectory
    let path: String

    init(_ name: String) throws {
        try self.init(source: Project.root + "/Tests/Fixtures/libraries/\(name).c", name: name)
    }

    init(source: String, name: String) throws {
        directory = try TemporaryDirectory()
        path = directory.path + "/\(name).so"
        let log = directory.path + "/log"
        let arguments = [
            "cc", "-std=gnu11", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", "-pthread", "-I", Project.header,
            source, "-o", path,
        ]
        let ended = try Program.run(arguments, log: log)
        try #require(ended == .exited(0), "\(Program.text(log))")
    }
}

import FoundationEssentials
import Glibc
import Synchronization
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

/// A copy of a library that the C compiler has made, once, out of a file in Tests/Fixtures/libraries.
struct FixtureLibrary {
    let directory: TemporaryDirectory
    let path: String

    private static let compiled = Mutex<[String: [UInt8]]>([:])

    init(_ name: String) throws {
        try self.init(source: Project.root + "/Tests/Fixtures/libraries/\(name).c", name: name)
    }

    init(source: String, name: String) throws {
        directory = try TemporaryDirectory()
        path = directory.path + "/\(name).so"
        if let bytes = Self.compiled.withLock({ $0[source] }) {
            try directory.write(bytes, to: "\(name).so", mode: 0o755)
            return
        }
        let log = directory.path + "/log"
        let arguments = [
            "cc", "-std=gnu11", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", "-pthread", "-I", Project.header,
            source, "-o", path,
        ]
        let ended = try Program.run(arguments, log: log)
        try #require(ended == .exited(0), "\(Program.text(log))")
        let bytes = try directory.read("\(name).so")
        Self.compiled.withLock { $0[source] = bytes }
    }
}

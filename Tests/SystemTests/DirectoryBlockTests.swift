import Glibc
import System
import TestSupport
import Testing

/// Names of directories as the kernel lists them.
@Suite struct DirectoryBlockTests {
    @Test("names of every length and many of them", arguments: [0, 1, 3, 5000])
    func names(count: Int) throws {
        let directory = try TemporaryDirectory()
        var expected: [String] = []
        for number in 0..<count {
            let name = "n\(number)" + String(repeating: "x", count: number % 200)
            try directory.write("", to: name)
            expected.append(name)
        }
        if count == 3 {
            try directory.makeDirectory(".hidden")
            try directory.makeDirectory("..two")
            expected += [".hidden", "..two"]
        }
        let file = try Descriptor.open(directory.path, O_RDONLY | O_DIRECTORY)
        var found: [(String, UInt8)] = []
        try DirectoryBlock(readingFrom: file.number).forEach { name, type in found.append((String(cString: name), type))
        }
        #expect(found.map(\.0).sorted() == expected.sorted())
        let directories = found.filter { $0.1 == UInt8(DT_DIR) }.map(\.0).sorted()
        #expect(directories == (count == 3 ? ["..two", ".hidden"] : []))
        // What was read to its end is read again by those who open it once more.
        #expect(try DirectoryReader.names(in: file.number).map(\.string) == expected.sorted())
        #expect(try DirectoryReader.directories(at: directory.path).map(\.string) == directories)
    }

    @Test func whatIsNoDirectoryIsAnError() throws {
        let directory = try TemporaryDirectory()
        try directory.write("", to: "file")
        let file = try Descriptor.open(directory("file"), O_RDONLY)
        let failure = #expect(throws: SystemCallError.self) { try DirectoryBlock(readingFrom: file.number, "file") }
        #expect(failure?.errno == ENOTDIR)
    }
}

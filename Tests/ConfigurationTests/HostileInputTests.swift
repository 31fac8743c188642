import Foundation
import Glibc
import Support
import Testing

@testable import Configuration

@Suite("Hostile files")
struct HostileInputTests {
    @Test("a pipe without a writer is refused at once", .timeLimit(.minutes(1)))
    func pipe() throws {
        let project = try Project(["mkosi.conf": "[Content]\nHostname=a\n"])
        #expect(mkfifo("\(project.directory)/mkosi.local.conf", 0o600) == 0)
        let failure = try #require(project.failure())
        #expect(failure.message == "Cannot read \(project.directory)/mkosi.local.conf")
        #expect("\(failure)".hasSuffix("Operation not supported"))
    }

    @Test("a file that is switched off by a link to /dev/null is empty")
    func masked() throws {
        let project = try Project(["mkosi.conf": "[Content]\nHostname=a\n"])
        try FileManager.default.createSymbolicLink(
            atPath: "\(project.directory)/mkosi.local.conf",
            withDestinationPath: "/dev/null"
        )
        #expect(try project.load()[.hostname] == "a")
    }

    @Test("names of credentials are file names, without a colon that would end them in options of programs")
    func credentials() throws {
        let conf = "[Runtime]\nCredentials=a.b=c d=e\n"
        #expect(try Project(["mkosi.conf": conf]).load()[.credentials].map(\.name) == ["a.b", "d"])
        for name in ["a:/etc/shadow", "../a", ".", "..", String(repeating: "a", count: 256)] {
            let project = try Project(["mkosi.conf": "[Runtime]\nCredentials=\(name)=x\n"])
            let failure = try #require(project.failure(), "\(name)")
            #expect(failure.message.contains("Credentials= cannot have a credential with the name"), "\(failure)")
        }
        #expect(try Project(["mkosi.credentials/a:b": "x"]).failure()?.message.contains("a:b") == true)
    }

    @Test("devices, processes and sockets of the machine are no directories for a running system")
    func reserved() {
        for place in ["/", "/dev", "/dev/pts", "/proc/sys", "/run/user/0", "/sys"] {
            #expect(ReservedPlaces.directory(at: place, project: "/usr") != nil, "\(place)")
        }
        for place in ["/dev/shm/a", "/run/media/me/disk", "/home/me", "/devices", "/usr/lib"] {
            #expect(ReservedPlaces.directory(at: place, project: "/usr") == nil, "\(place)")
        }
        #expect(ReservedPlaces.directory(at: "/proc/sys", project: "/proc") == nil)
        #expect(ReservedPlaces.directory(at: "/proc", project: "/") != nil)
    }

    @Test("a file without end is refused", .timeLimit(.minutes(1)))
    func endless() throws {
        let project = try Project(["mkosi.conf": "[Content]\nHostname=a\n"])
        try FileManager.default.createSymbolicLink(
            atPath: "\(project.directory)/mkosi.local.conf",
            withDestinationPath: "/dev/zero"
        )
        #expect("\(try #require(project.failure()))".hasSuffix("Operation not supported"))
        // So is one that takes no room on disk but would take all memory.
        unlink("\(project.directory)/mkosi.local.conf")
        let sparse = open("\(project.directory)/mkosi.local.conf", O_WRONLY | O_CREAT, 0o644)
        #expect(ftruncate(sparse, 1 << 40) == 0)
        close(sparse)
        #expect("\(try #require(project.failure()))".hasSuffix("File too large"))
    }

    @Test("bytes that are no text are refused with their place")
    func bytes() throws {
        let project = try Project()
        func message(_ bytes: [UInt8]) throws -> String {
            try Data(bytes).write(to: URL(fileURLWithPath: "\(project.directory)/mkosi.conf"))
            return try #require(project.failure()).message
        }
        let start = Array("[Content]\nHostname=".utf8)
        let path = "\(project.directory)/mkosi.conf"
        #expect(try message(start + [0x61, 0, 10]) == "\(path):2:11: a configuration file cannot contain a zero byte")
        #expect(try message(start + [0xff, 10]) == "\(path):2:1: this line is not valid UTF-8")
        #expect(try message(start + [0xed, 0xa0, 0x80]) == "\(path):2:1: this line is not valid UTF-8")
    }

    @Test(
        "what becomes a part of a package manager's configuration is one word of one line",
        arguments: [
            "Mirror=http://a.example/\n  [options]\n  XferCommand = /bin/sh", "Mirror=file:///a ../../a/method:/x",
            "Mirror=../../../../a/method:/x", "LocalMirror=./method:/x", "Mirror=a.b:/x", "Mirror=:/x",
            "LocalMirror=/a\u{A0}b", "Release=7\n  URIs: x:/", "Snapshot=7\n  URIs: x:/",
            "[Build]\nToolsTreeRelease=7\n  URIs: x:/", "[Build]\nToolsTreeMirror=a/b:/x",
            "[Build]\nProxyUrl=http://a.example/\n  b",
        ]
    )
    func injection(line: String) throws {
        let project = try Project(["mkosi.conf": "[Distribution]\n\(line)\n"])
        let failure = try #require(project.failure())
        let reasons = ["has more than one line", "there is white space in", "does not begin with a scheme"]
        #expect(reasons.contains { failure.message.contains($0) }, "\(failure)")
    }

    @Test(
        "mirrors are URLs and paths",
        arguments: ["http://a:80/b", "file:///a", "/a/b", "tor+https://a.example/$repo", "a", "http://[::1]/a~b"]
    )
    func mirrors(url: String) throws {
        #expect(try Project(["mkosi.conf": "[Distribution]\nMirror=\(url)\n"]).load()[.mirror] == url)
    }

    @Test("a drop-in that leads back to its project is refused", .timeLimit(.minutes(1)))
    func loop() throws {
        let project = try Project(["mkosi.conf": "[Content]\nHostname=a\n", "mkosi.conf.d/": ""])
        let link = "\(project.directory)/mkosi.conf.d"
        for name in ["a", "b"] {
            try FileManager.default.createSymbolicLink(atPath: "\(link)/\(name)", withDestinationPath: "..")
        }
        #expect(
            try #require(project.failure()).message
                == "\(link)/a leads back to \(project.directory), which is already being read"
        )
    }

    @Test("links that double the directories at each step are refused", .timeLimit(.minutes(1)))
    func doubling() throws {
        let project = try Project(["mkosi.conf": "[Content]\nHostname=a\n"])
        for step in 0..<20 {
            let directory = step == 0 ? "mkosi.conf.d" : "d\(step)/mkosi.conf.d"
            try project.write("\(directory)/")
            try project.write("d\(step + 1)/")
            for name in ["a", "b"] {
                try FileManager.default.createSymbolicLink(
                    atPath: "\(project.directory)/\(directory)/\(name)",
                    withDestinationPath: "\(project.directory)/d\(step + 1)"
                )
            }
        }
        #expect(try #require(project.failure()).message.contains("10000 directories"))
    }

    @Test("a link to a directory next to the project is that directory")
    func sharedDropIn() throws {
        let project = try Project([
            "mkosi.conf": "[Content]\nHostname=a\n", "mkosi.conf.d/": "",
            "shared/mkosi.conf": "[Content]\nHostname=b\n",
        ])
        try FileManager.default.createSymbolicLink(
            atPath: "\(project.directory)/mkosi.conf.d/x",
            withDestinationPath: "../shared"
        )
        #expect(try project.load()[.hostname] == "b")
    }
}

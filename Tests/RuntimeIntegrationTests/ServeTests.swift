import Execution
import Glibc
import Support
import System
import TestSupport
import Testing

/// `mkosi serve`, with the programs that fetch images.
@Suite(.needsProgram("curl"))
struct ServeTests {
    /// A server of the program that ends with the value.
    private final class Server {
        let project: StagedProgram
        private var child: ChildProcess
        private(set) var port = 0
        var address: String { "http://127.0.0.1:\(port)" }

        init(_ files: [String: String]) throws {
            project = try StagedProgram(
                files.merging([
                    "mkosi.conf": "[Distribution]\nDistribution=debian\n[Output]\nFormat=tar\nCompressOutput=none\n",
                    "mkosi.output/image.tar": "",
                ]) {
                    first,
                    _ in first
                }
            )
            let log = project.directory("log")
            let out = try Descriptor.open(log, O_WRONLY | O_CREAT | O_APPEND)
            let null = try Descriptor.open("/dev/null", O_RDWR)
            var plan = ChildProcess.Plan(
                path: try Stage.mkosi,
                arguments: ["--port=0", "--progress=plain", "serve"],
                environment: project.environment,
                descriptors: [null.number, null.number, out.number]
            )
            plan.workingDirectory = project.project("")
            child = try ChildProcess(plan)
            for _ in 0..<600 {
                let text = try Files.readText(log)
                if let start = text.firstRange(of: "http://localhost:")?.upperBound {
                    port = Int(text[start...].prefix { $0.isNumber }) ?? 0
                    return
                }
                usleep(50_000)
            }
            throw Failure(.command, try Files.readText(log))
        }

        func curl(_ arguments: String...) throws -> RunResult {
            try run(["curl", "--silent", "--show-error", "--max-time", "30", "--path-as-is"] + arguments)
        }

        /// Ends it as Ctrl-C does.
        func end() -> Execution.ExitStatus {
            child.send(SIGINT)
            return child.wait(milliseconds: 10_000)
        }
    }

    @Test("Files, parts of files, heads, dates and tags")
    func files() throws {
        let server = try Server(["mkosi.output/image.raw": "0123456789"])
        let url = "\(server.address)/image.raw"
        #expect(try server.curl(url).output == "0123456789")
        #expect(try server.curl("--range", "2-4", url).output == "234")
        #expect(try server.curl("--range", "-3", url).output == "789")
        #expect(
            try server.curl("--range", "20-", "--write-out", "%{http_code}", "--output", "/dev/null", url).output
                == "416"
        )
        let head = try server.curl("--head", url).output
        #expect(head.hasPrefix("HTTP/1.1 200 OK\r\n") && head.contains("Content-Length: 10\r\n"))
        let tag = try #require(head.split(separator: "\r\n").first { $0.hasPrefix("ETag: ") }?.dropFirst(6))
        func status(_ field: String) throws -> String {
            try server.curl("--header", field, "--write-out", "%{http_code}", "--output", "/dev/null", url).output
        }
        #expect(try status("If-None-Match: \(tag)") == "304")
        #expect(try status("If-None-Match: \"other\"") == "200")
        let date = try #require(head.split(separator: "\r\n").first { $0.hasPrefix("Last-Modified: ") }?.dropFirst(15))
        #expect(try status("If-Modified-Since: \(date)") == "304")
        #expect(try server.curl("--range", "0-1", "--header", "If-Range: \(tag)", url).output == "01")
        #expect(try server.curl("--range", "0-1", "--header", "If-Range: \"other\"", url).output == "0123456789")
        // A transfer that was interrupted goes on where it ended.
        try server.project.write("part", "0123")
        let part = server.project.project("part")
        #expect(try server.curl("--continue-at", "-", "--output", part, url).succeeded)
        #expect(try server.project.read("part") == "0123456789")
        #expect(server.end() == .exited(0))
    }

    @Test("A directory is listed, and has the digests of its files")
    func directories() throws {
        let server = try Server([
            "mkosi.output/image.raw": "abc", "mkosi.output/sub/<b>&.txt": "x", "mkosi.output/.hidden": "x",
        ])
        let page = try server.curl("\(server.address)/").output
        #expect(page.contains("href=\"./image.raw\"") && page.contains("href=\"./sub/\"") && !page.contains("hidden"))
        let inner = try server.curl("\(server.address)/sub/").output
        #expect(inner.contains("&lt;b&gt;&amp;.txt") && !inner.contains("<b>") && inner.contains("%3Cb%3E%26.txt"))
        #expect(try server.curl("--location", "\(server.address)/sub").output == inner)
        let digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        let sums = try server.curl("\(server.address)/SHA256SUMS").output
        #expect(sums.contains("\(digest) *image.raw\n"), "\(sums)")
        // What a build has written is served as it is.
        try server.project.write("mkosi.output/SHA256SUMS", "written\n")
        #expect(try server.curl("\(server.address)/SHA256SUMS").output == "written\n")
    }

    @Test("No request gets anything but files of the directory that everyone may read")
    func escapes() throws {
        let server = try Server(["mkosi.output/image.raw": "abc", "secret": "secret", "mkosi.output/key": "secret"])
        let output = server.project.project("mkosi.output")
        chmod(Paths.join(output, "key"), 0o600)
        symlink("../secret", Paths.join(output, "up"))
        symlink("/etc/hostname", Paths.join(output, "out"))
        symlink("..", Paths.join(output, "parent"))
        symlink("image.raw", Paths.join(output, "image"))
        symlink("loop", Paths.join(output, "loop"))
        mkfifo(Paths.join(output, "pipe"), 0o644)
        let paths = [
            "/../secret", "/%2e%2e/secret", "/x/../../secret", "/up", "/out", "/parent/secret", "/loop", "/pipe",
            "/key",
            "/.git/config", "//..//secret", "/image.raw/../../secret", "/..%2fsecret", "/%00", "/image.raw/",
            "/image.raw/x",
        ]
        for path in paths {
            let result = try server.curl("--write-out", " %{http_code}", "\(server.address)\(path)")
            #expect(["400", "403", "404"].contains { result.output.hasSuffix(" \($0)") }, "\(result)")
            #expect(!result.output.contains("secret"), "\(result)")
        }
        let listing = try server.curl("\(server.address)/").output
        for name in ["key", "up", "out", "parent", "loop", "pipe"] {
            #expect(!listing.contains("\"./\(name)"), "\(listing)")
        }
        #expect(listing.contains("\"./image\""), "\(listing)")
        // The name without an extension that a build makes.
        #expect(try server.curl("\(server.address)/image").output == "abc")
    }

    @Test("More clients that send nothing than are served do not keep one waiting that does")
    func idle() throws {
        let server = try Server([:])
        let program = """
            import socket
            clients = [socket.create_connection(("127.0.0.1", \(server.port))) for _ in range(600)]
            client = socket.create_connection(("127.0.0.1", \(server.port)), 15)
            client.sendall(b"GET / HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n")
            print(client.recv(12))
            """
        let result = try run(["python3", "-c", program])
        #expect(result.succeeded && result.output.contains("HTTP/1.1 200"), "\(result)")
    }

    @Test("Clients that take their answers as slowly as they can keep nobody waiting")
    func slow() throws {
        let server = try Server([:])
        try runChecked(["truncate", "--size=64M", server.project.project("mkosi.output/large.raw")])
        let program = """
            import socket
            slow = []
            for _ in range(520):
                client = socket.socket()
                client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
                client.settimeout(5)
                client.connect(("127.0.0.1", \(server.port)))
                client.sendall(b"GET /large.raw HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n")
                client.recv(1)
                slow.append(client)
            client = socket.create_connection(("127.0.0.1", \(server.port)), 5)
            client.sendall(b"GET / HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n")
            print(client.recv(12))
            """
        let result = try run(["python3", "-c", program])
        #expect(result.succeeded && result.output.contains("HTTP/1.1 200"), "\(result)")
    }

    @Test("Clients that send and take nothing do not keep others waiting, and many are served at once")
    func clients() throws {
        let server = try Server([:])
        let large = server.project.project("mkosi.output/large.raw")
        try runChecked(["truncate", "--size=64M", large])
        var slow: [Bash] = []
        // Some stop in the middle of a request, some never read what they have asked for.
        for index in 0..<60 {
            let request = index % 2 == 0 ? "GET /large" : "GET /large.raw HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n"
            slow.append(try Bash("exec 3<>/dev/tcp/127.0.0.1/\(server.port); printf '\(request)' >&3; exec sleep 60"))
        }
        let many = try run(
            [
                "sh", "-c",
                "seq 40 | xargs -P 20 -I @ curl -fsS --max-time 30 -r 1-3 '\(server.address)/large.raw' | wc -c",
            ]
        )
        #expect(many.output.split(whereSeparator: \.isWhitespace) == ["120"], "\(many)")
        let whole = try run(["sh", "-c", "curl -fsS --max-time 60 '\(server.address)/large.raw' | wc -c"])
        #expect(whole.output.split(whereSeparator: \.isWhitespace) == ["\(64 << 20)"], "\(whole)")
        #expect(server.end() == .exited(0))
        withExtendedLifetime(slow) {}
    }

    /// A shell with sockets of its own, which is killed with the value.
    private final class Bash {
        private let child: ChildProcess

        init(_ script: String) throws {
            let null = try Descriptor.open("/dev/null", O_RDWR)
            child = try ChildProcess(
                .init(
                    path: "/bin/bash",
                    arguments: ["-c", script],
                    environment: plainEnvironment,
                    descriptors: [null.number, null.number, null.number]
                )
            )
        }
    }

    @Test("A port that is taken is one sentence")
    func busyPort() throws {
        let server = try Server([:])
        let result = try server.project.mkosi("--port=\(server.port)", "serve")
        #expect(result.status == .exited(1) && result.errorLines.count == 2, "\(result)")
        #expect(result.errors.contains("Port \(server.port) is in use by another program"), "\(result)")
    }

    @Test(
        "systemd-pull, which machinectl and systemd-importd run, fetches and checks a tree",
        .needsRoot,
        .enabled(if: Files.exists("/usr/lib/systemd/systemd-pull"), "needs systemd-pull")
    )
    func pull() throws {
        let server = try Server(["tree/etc/mark": "inside\n"])
        let archive = server.project.project("mkosi.output/image.tar")
        try runChecked(["tar", "--create", "--file", archive, "--directory", server.project.project("tree"), "."])
        let root = server.project.project("machines")
        try Files.makeDirectories(root)
        let result = try run(
            ["/usr/lib/systemd/systemd-pull", "tar", "--verify=checksum", "--settings=no", "--image-root=\(root)"]
                + ["\(server.address)/image.tar", "box"]
        )
        #expect(result.succeeded, "\(result)")
        #expect(try Files.readText(Paths.join(root, "box/etc/mark")) == "inside\n", "\(result)")
        // systemd makes its copy immutable, and read-only where the file system can.
        _ = try? run(["chattr", "-R", "-i", root])
    }
}

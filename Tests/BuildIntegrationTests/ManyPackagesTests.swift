import Support
import System
import TestSupport
import Testing

/// More packages than a process may open files, at the usual soft limit of descriptors.
@Suite(.inSoak)
struct ManyPackagesTests {
    @Test("1,100 packages are fetched, locked and installed with 1,024 descriptors")
    func manyPackages() throws {
        let tiny = try TinyProject()
        let script = """
            import hashlib, io, json, sys, tarfile
            directory, count = sys.argv[1], int(sys.argv[2])
            index = json.load(open(directory + "/index.json"))
            names = [f"many{number}" for number in range(count)]
            for name in names:
                facts = {"name": name, "version": "1.0", "architecture": "x86_64", "needs": ["base"]}
                path, data = f"{directory}/{name}.tar", (json.dumps(facts) + "\\n").encode()
                with tarfile.open(path, "w") as tar:
                    info = tarfile.TarInfo(f"usr/share/tiny/{name}.json")
                    info.size = len(data)
                    tar.addfile(info, io.BytesIO(data))
                    tar.addfile(tarfile.TarInfo(f"usr/lib/{name}"))
                data = open(path, "rb").read()
                digest = hashlib.sha256(data).hexdigest()
                index[name] = {**facts, "size": len(data), "sha256": digest, "fileName": f"{name}.tar"}
            json.dump(index, open(directory + "/index.json", "w"))
            print("[Content]\\nPackages=" + ",".join(names))
            """
        let added = try runChecked(["python3", "-c", script, tiny.directory("repository"), "1100"]).output
        let path = "\(tiny.project)/mkosi.conf"
        try Files.write((try Files.readText(path) + added).utf8, to: path)
        // One command for all of them: it is the opening of many files that is tried here.
        let plugin = tiny.directory("changed/tiny")
        try Files.makeDirectories(tiny.directory("changed"))
        try runChecked(["cp", "-r", "\(Stage.packageRoot)/Examples/plugins/python", plugin])
        let code = try Files.readText("\(plugin)/tiny.py")
        let start = try #require(code.firstRange(of: "def install(p):\n"))
        let end = try #require(code.firstRange(of: "def read(path):"))
        let install = """
            def install(p):
                paths = [package["path"] for package in p["packages"]]
                root, directory = p["root"], os.path.dirname(paths[0])
                run(root, 'for f in "$2"/*.tar; do tar -x --numeric-owner -f "$f" -C "$1"; done', directory, files=[directory])
                return {}


            """
        let changed = code[..<start.lowerBound] + install + code[end.lowerBound...]
        try Files.write(changed.utf8, to: "\(plugin)/tiny.py", mode: 0o755)
        for arguments in ["lock", "build"] {
            let result = try run(
                ["sh", "-c", "ulimit -Sn 1024; exec \"$0\" \"$@\"", Stage.mkosi, arguments],
                environment: tiny.environment(pluginPath: "\(tiny.directory("changed")):\(Stage.plugins)"),
                in: tiny.project,
                limit: 300
            )
            #expect(result.succeeded, "\(result)")
        }
        let names = try runChecked(["tar", "-tf", "\(tiny.project)/image.tar"]).outputLines
        #expect(names.filter { $0.contains("usr/lib/many") }.count == 1100)
    }
}

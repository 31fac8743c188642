import Execution
import Support
import System
import TestSupport
import Testing

/// A distribution made from a template, by what PROTOCOL.md says, in a language that mkosi knows nothing of.
@Suite struct TemplateTests {
    /// What an author writes in the place of the template's own functions: packages are tar files with a list of themselves.
    private static let functions = #"""
        import hashlib, os


        def resolve(p):
            directory, packages = p["context"]["mirror"].removeprefix("file://"), []
            for name in p["packages"]:
                path = f"{directory}/{name}.tar"
                if not os.path.exists(path):
                    raise Error(5, f"there is no package {name}")
                data = open(path, "rb").read()
                packages.append({
                    "name": name, "version": "1", "architecture": p["context"]["localArchitecture"],
                    "urls": ["file://" + path], "size": len(data), "sha256": hashlib.sha256(data).hexdigest(),
                    "fileName": f"{name}.tar", "requested": True,
                })
            return {"packages": packages, "indexes": []}


        """#
    private static let inspection = #"""
        def inspect(p):
            root = {"kind": "bind", "source": p["root"], "target": p["root"], "writable": False}
            script = 'cd "$1/var/lib/acme" && ls'
            ran = host("host/run", arguments=["sh", "-euc", script, "sh", p["root"]], mounts=[root], capture=True)
            package = {"version": "1", "architecture": p["context"]["localArchitecture"], "requested": True}
            return {"packages": [{"name": name, **package} for name in ran["output"].split()], "metadata": []}


        """#

    /// Replaces the function that begins with a line, up to another line.
    private static func replace(_ start: String, upTo end: String, in text: String, with other: String) throws -> String
    {
        let first = try #require(text.firstRange(of: start))
        let last = try #require(text[first.upperBound...].firstRange(of: end))
        return text[..<first.lowerBound] + other + text[last.lowerBound...]
    }

    @Test("A distribution that is written over a copy of the template builds an image")
    func image() throws {
        let directory = try TemporaryDirectory(openToAll: true)
        let environment = plainEnvironment + ["HOME=\(directory.path)"]
        try directory.makeDirectory("plugins")
        try runChecked(
            [Stage.mkosi, "plugin", "new", "acme", "--language", "python", "--directory", directory("plugins")],
            environment: environment
        )
        let files = try Files.list(directory("plugins/acme")).map { directory("plugins/acme/\($0)") }
        let program = try #require(files.first { (try? Files.readText($0).contains("def resolve(p):")) == true })
        var text = try Files.readText(program)
        text = try Self.replace("def resolve(p):", upTo: "def install(p):", in: text, with: Self.functions)
        text = try Self.replace("def inspect(p):", upTo: "METHODS = {", in: text, with: Self.inspection)
        try Files.write(text.utf8, to: program)
        try runChecked(["chmod", "0755", program])

        try directory.write("hello\n", to: "tree/usr/share/hello")
        try directory.write("", to: "tree/var/lib/acme/hello")
        try directory.makeDirectory("mirror")
        try runChecked(["tar", "-C", directory("tree"), "-cf", directory("mirror/hello.tar"), "."])
        try directory.write(
            """
            [Distribution]
            Distribution=acme
            Mirror=file://\(directory("mirror"))
            [Output]
            Format=directory
            ManifestFormat=json
            [Content]
            Packages=hello
            """,
            to: "project/mkosi.conf"
        )
        let path = ["MKOSI_PLUGIN_PATH=\(directory("plugins")):\(try Stage.plugins)"]
        let result = try run([Stage.mkosi], environment: environment + path, in: directory("project"))
        #expect(result.succeeded, "\(result)")
        #expect(try Files.readText(directory("project/image/usr/share/hello")) == "hello\n")
        #expect(try Files.readText(directory("project/image.manifest")).contains(#""name": "hello""#))
        let missing = try run(
            [Stage.mkosi, "--force", "--package=nowhere"],
            environment: environment + path,
            in: directory("project")
        )
        #expect(!missing.succeeded && missing.errors.contains("there is no package nowhere"), "\(missing)")
    }
}

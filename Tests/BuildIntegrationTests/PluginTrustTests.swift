import Execution
import Support
import System
import TestSupport
import Testing

/// Plugins that are broken in one way each: the build and `mkosi plugin check` refuse them with the same words.
@Suite
struct PluginTrustTests {
    struct Fault: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let part: String
        let other: String
        let sentence: String

        init(_ name: String, _ part: String, _ other: String, _ sentence: String) {
            testDescription = name
            self.part = part
            self.other = other
            self.sentence = sentence
        }
    }

    private static let entry = "{**index[name], "
    private static let mark = "usr/share/tiny"
    private static let extra =
        "json.dumps({'name': 'extra', 'version': '9', 'architecture': 'x86_64', 'needs': []})"

    /// Each case takes a build and a check: fast tests look at answers as well, and `make soak` at everything.
    private static func sample<Case>(_ cases: [Case]) -> [Case] {
        Soak.sample(cases, every: 4)
    }

    private static let distributionFaults = [
        Fault(
            "installs nothing",
            "def install(p):\n",
            "def install(p):\n    return {}\n",
            "base (x86_64) 1.0 is missing, "
        ),
        Fault(
            "skips a package",
            "for package in p[\"packages\"]:\n        run",
            "for package in p[\"packages\"][1:]:\n        run",
            "did not install the resolved packages: base (x86_64) 1.0 is missing"
        ),
        Fault(
            "adds a package",
            "def install(p):\n",
            "def install(p):\n    run(p['root'], 'mkdir -p $1/\(mark); echo \"$2\" > $1/\(mark)/extra.json', \(extra))\n",
            "did not install the resolved packages: extra (x86_64) 9 was added"
        ),
        Fault(
            "records another version",
            "    return {}\n\ndef read",
            "    run(p['root'], 'sed -i s/[0-9][.]0/9.1/ $1/\(mark)/hello.json')\n    return {}\n\ndef read",
            "did not install the resolved packages: hello (x86_64) has version 9.1 and not "
        ),
        Fault("resolves a package twice", "list(chosen.values())", "list(chosen.values()) * 2", " twice"),
        Fault("a size below zero", entry, "\(entry)'size': -5, ", "with a size of -5 bytes"),
        Fault("a size that sums overflow with", entry, "\(entry)'size': 9 * 10**18, ", "with a size of 9"),
        Fault("an upper-case digest", entry, "\(entry)'sha256': 'A' * 64, ", "without a SHA-256 digest"),
        Fault("a digest of another function", entry, "\(entry)'sha256': 'a' * 40, ", "without a SHA-256 digest"),
        Fault("a file name with a path", entry, "\(entry)'fileName': '../hello.tar', ", "which contains a slash"),
        Fault("a file name that is none", entry, "\(entry)'fileName': '..', ", "which names a directory"),
        Fault(
            "a slash that a mark hides",
            entry,
            "\(entry)'fileName': '../\\u0338x', ",
            "which contains a slash"
        ),
        Fault(
            "a version with a line feed",
            entry,
            "\(entry)'version': '1\\n2', ",
            "in its name, version or architecture"
        ),
        Fault("no URL", entry, "\(entry)'urls': [], ", "without a URL"),
        Fault(
            "a URL of another kind",
            entry,
            "\(entry)'urls': ['ftp://x/y'], ",
            "which is not an http:, https: or file: URL"
        ),
        Fault(
            "an index without digest",
            "hashlib.sha256(text).hexdigest(), \"signed",
            "'none', \"signed",
            "without a SHA-256"
        ),
        Fault("a relative mount", "\"target\": path", "\"target\": path[1:]", ".target is not an absolute path"),
        Fault(
            "a mount that leads upwards",
            "\"target\": path",
            "\"target\": '/..' + path",
            ".target is not an absolute path"
        ),
        Fault("a mount of no kind", "\"kind\": \"bind\"", "\"kind\": \"bound\"", "unknown kind of mount \"bound\""),
        Fault("a network of no kind", "capture=capture)", "capture=capture, network=\"all\")", "not none or host"),
        Fault(
            "the network while packages are installed",
            "def install(p):\n",
            "def install(p):\n    host(\"host/run\", arguments=[\"true\"], network=\"host\")\n",
            "the network for true: distribution/install has to work without the network"
        ),
        Fault(
            "a download while packages are installed",
            "def install(p):\n",
            "def install(p):\n    host(\"host/fetch\", urls=[\"file:///x\"], path=p[\"context\"][\"workspace\"] + \"/x\")\n",
            "the download of file:///x: distribution/install has to work without the network"
        ),
        Fault("a command without a program", "arguments=[\"sh\"", "arguments=[\"\"", "params.arguments is empty"),
        Fault(
            "a download to elsewhere",
            "\"/index.json\"], path=path)",
            "\"/index.json\"], path=directory + \"/x\")",
            "outside the workspace and the cache"
        ),
        Fault(
            "a file for the sandbox that hides programs",
            "{\"files\": [], ",
            "{\"files\": [{\"path\": \"/usr/bin/sh\"}], ",
            "which is not below a directory in /etc or /var"
        ),
        Fault(
            "a file for the sandbox that leads upwards",
            "{\"files\": [], ",
            "{\"files\": [{\"path\": \"/etc/../usr/x\"}], ",
            "which is not below a directory in /etc or /var"
        ),
        Fault(
            "a mode that is none",
            "{\"files\": [], ",
            "{\"files\": [{\"path\": \"/etc/x/y\", \"mode\": -1}], ",
            "with the mode -1"
        ),
        Fault(
            "a source that is missing",
            "{\"files\": [], ",
            "{\"files\": [{\"path\": \"/etc/x/y\", \"source\": \"/nowhere\"}], ",
            "Cannot write /etc/x/y for the sandbox"
        ),
        Fault(
            "a command with a path",
            "\"name\": \"tiny-list\"",
            "\"name\": \"../list\"",
            "a command named \"../list\""
        ),
        Fault(
            "metadata that is everything",
            "[\"usr/share/tiny\"]}",
            "[\"/\"]}",
            "as a path that only the package manager needs"
        ),
        Fault("no inspect", "    \"distribution/inspect\"", "    \"distribution/look\"", "distribution/inspect"),
        Fault("no configure", "    \"distribution/configure\"", "    \"distribution/set\"", "distribution/configure"),
        Fault(
            "another version than the manifest",
            "\"version\": \"1.0\"}}",
            "\"version\": \"1.1\"}}",
            "identifies itself as tiny-python 1.1, but plugin.json names it"
        ),
        Fault(
            "another name than the manifest",
            "{\"name\": \"tiny-python\", \"ver",
            "{\"name\": \"tiny\", \"ver",
            "identifies itself as tiny 1.0, but plugin.json names it"
        ),
    ]

    @Test("What a distribution answers and leaves", arguments: sample(distributionFaults))
    func distribution(fault: Fault) throws {
        let plugin = try BrokenPlugin(distribution: [(fault.part, fault.other)])
        try expectBoth(plugin, fault.sentence, output: "image.tar")
    }

    private static let formatFaults: [(String, String, String)] = [
        (
            "a link to a file of the host", "os.remove(path)\nos.symlink(SECRET, path)",
            "created image.crate as a symbolic link"
        ),
        ("a fifo", "os.remove(path)\nos.mkfifo(path)", "created image.crate as a fifo"),
        (
            "a socket",
            "import socket\nos.remove(path)\nos.chdir(p[\"staging\"])\nsocket.socket(socket.AF_UNIX).bind(p[\"outputName\"])",
            "created image.crate as a socket"
        ),
        (
            "a link in the place of the directory",
            "os.remove(path)\nos.rmdir(p[\"staging\"])\nos.symlink(os.path.dirname(SECRET), p[\"staging\"])",
            "has replaced the directory of outputs by a symbolic link"
        ),
        ("a stray file", "open(path + \".log\", \"w\")", "has left \"image.crate.log\" among the outputs"),
        (
            "a link in the place of what the host writes", "os.symlink(SECRET, p[\"staging\"] + \"/image.SHA256SUMS\")",
            "has left \"image.SHA256SUMS\" among the outputs"
        ),
        (
            "what the host writes",
            "open(p[\"staging\"] + \"/image.SHA256SUMS\", \"w\")\noutputs.append({\"name\": \"image.SHA256SUMS\", \"role\": \"x\"})",
            "a file that mkosi itself writes"
        ),
        ("an empty list", "outputs = []", "lists no output"),
        ("a wrong digest", "outputs[0][\"sha256\"] = \"0\" * 64", "as the SHA-256 of image.crate, which is "),
        ("no digest", "outputs[0][\"sha256\"] = \"0\" * 63", "not 64 lower-case hexadecimal digits"),
        (
            "another name", "os.rename(path, path + \"2\")\noutputs[0][\"name\"] += \"2\"",
            "with the role image, and not \"image.crate\""
        ),
        ("no main output", "outputs[0][\"role\"] = \"side\"", "lists no output with the role image"),
        (
            "two main outputs",
            "open(path + \"2\", \"w\")\noutputs.append({\"name\": p[\"outputName\"] + \"2\", \"role\": \"image\"})",
            "with the role image, and not"
        ),
        ("an output that is missing", "os.remove(path)", "listed image.crate, which does not exist"),
        ("an output twice", "outputs *= 2", "lists the output image.crate twice"),
        ("an output elsewhere", "outputs.append({\"name\": \"../secret\", \"role\": \"x\"})", "which contains a slash"),
        (
            "a digest of a directory", "os.remove(path)\nos.mkdir(path)\noutputs[0][\"sha256\"] = \"0\" * 64",
            "which is a directory"
        ),
    ]

    @Test("What a format answers and leaves", arguments: sample(formatFaults))
    func format(name: String, code: String, sentence: String) throws {
        let plugin = try BrokenPlugin(format: code)
        try expectBoth(plugin, sentence, output: "image.crate")
        #expect(try Files.readText(plugin.tiny.directory("secret")) == "secret\n")
    }

    @Test("Plugins that are not broken pass both")
    func whole() throws {
        for plugin in [try BrokenPlugin(distribution: []), try BrokenPlugin(format: "pass")] {
            let (built, checked) = (try plugin.build(), try plugin.check())
            #expect(built.succeeded, "\(built)")
            #expect(checked.succeeded && checked.output.hasSuffix(" checks, 0 failed\n"), "\(checked)")
        }
    }

    /// The build ends before there is an output; the check has this one failure and runs nothing behind it.
    private func expectBoth(_ plugin: BrokenPlugin, _ sentence: String, output: String) throws {
        let built = try plugin.build()
        #expect(built.status == .exited(1), "\(built)")
        #expect(built.errors.split(separator: "\n").count { $0.contains(sentence) } == 1, "\(built)")
        #expect(!Files.exists("\(plugin.tiny.project)/\(output)") && plugin.tiny.outputs.isEmpty)
        let checked = try plugin.check()
        #expect(checked.status == .exited(1), "\(checked)")
        #expect(checked.output.split(separator: "\n").count { $0.contains(sentence) } == 1, "\(checked)")
        let lines = checked.output.split(separator: "\n").dropLast()
        let first = try #require(lines.firstIndex { $0.hasPrefix("failed ") })
        #expect(lines[..<first].allSatisfy { $0.hasPrefix("ok ") })
        #expect(lines[(first + 1)...].allSatisfy { $0.hasPrefix("not run ") }, "\(checked)")
    }
}

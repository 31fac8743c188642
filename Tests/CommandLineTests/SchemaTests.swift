import Support
import TestSupport
import Testing

@testable import HostCommandLine

@Suite("The schema for editors")
struct SchemaTests {
    /// Runs statements of Python, with `ok` and `bad` for what a setting may be and what not.
    private func check(_ statements: String, files: [String: String] = [:]) throws {
        let program = try StagedProgram(files)
        try program.write("schema.json", try program.mkosi("schema").output)
        let script = """
            import json, os, sys
            try:
                import jsonschema
            except ImportError:
                sys.exit("python3-jsonschema is not installed: make deps installs it")
            schema = json.load(open(sys.argv[1]))
            jsonschema.Draft202012Validator.check_schema(schema)
            check = jsonschema.Draft202012Validator(schema).is_valid
            section = {name: part for part, object in reversed(schema["$defs"].items()) if part not in
                ("Match", "TriggerMatch", "Assert", "TriggerAssert") for name in object["properties"]}
            def ok(name, *values):
                for value in values: assert check({section[name]: {name: value}}), (name, value)
            def bad(name, *values):
                for value in values: assert not check({section[name]: {name: value}}), (name, value)

            """
        let checked = try run(["python3", "-c", script + statements, program.project("schema.json")])
        #expect(checked.succeeded, "\(checked)")
    }

    @Test("is one, and knows sections, conditions and options")
    func shape() throws {
        try check(
            """
            assert check({"Output": {"Format": "tar"}, "Content": {"Bootable": "yes", "Packages": ["a", "b"]}})
            assert check({"Match": [{"Format": "|tar"}, {"Format": "!tar"}], "Output": {"Format": "%t"}})
            assert not check({"Match": {"Packages": "a"}})
            packages = schema["$defs"]["Content"]["properties"]["Packages"]
            assert packages["x-mkosi-option"] == "--package"
            assert packages["description"] == "Packages to install in the image. A list."
            for name, part in section.items():
                assert schema["$defs"][part]["properties"][name]["description"].endswith("."), name
            """
        )
    }

    @Test("distinguishes right values from wrong ones, kind by kind")
    func values() throws {
        try check(
            """
            ok("Format", "tar", "disk", "", ["disk", "tar"]); bad("Format", "tra", 3, ["tar", "tra"])
            ok("Bootable", "yes", "auto", "TRUE", "On", "", True, "enabled"); bad("Bootable", "perhaps", 2, "yess")
            ok("Checksum", "n", "1", False, "%t"); bad("Checksum", "auto", "10")
            ok("OutputSize", "1G", "1.5G", "4096", 4096, "8k"); bad("OutputSize", "big", "1X", "1.5", 0, -1, "G1")
            ok("OutputMode", "0644", "755", 420); bad("OutputMode", "rw", "0689")
            ok("SectorSize", "512", 4096, ""); bad("SectorSize", "1000", 1)
            ok("Seed", "random", "11111111-2222-4333-8444-555555555555", "1" * 32); bad("Seed", "1", "x" * 32)
            ok("CompressOutput", "xz", "yes", "gzip", "zst"); bad("CompressOutput", "rar")
            ok("CompressLevel", 3, "19", "%v"); bad("CompressLevel", "three", 23, -1)
            ok("Output", "a_b.c"); bad("Output", "a/b")
            ok("VSockCID", "auto", "hash", "3", 42); bad("VSockCID", "two", 2)
            ok("Architecture", "x86-64", "arm64"); bad("Architecture", "amd64")
            ok("MinimumVersion", "26.1", "commit:0123abc"); bad("MinimumVersion", "new", "commit:xyz")
            ok("SecureBootKeySource", "file", "engine:pkcs11"); bad("SecureBootKeySource", "floppy", "files", "engine:/evil.so")
            ok("Splash", "/usr/share/a.bmp", "%D/a"); bad("Splash", "a.bmp")
            ok("ManifestFormat", "json", "json,changelog", " json , changelog", "\\n json\\n changelog\\n", "")
            bad("ManifestFormat", "yaml", "json,yaml", "jsonchangelog", ["json", "xml"])
            ok("SplitArtifacts", "yes", "uki,kernel", "uki,\\n initrd,"); bad("SplitArtifacts", "everything", "uki kernel")
            ok("ExtraTrees", "a", "a:/b, c", "~/a:/b"); bad("ExtraTrees", ":/b", "a,:/b")
            ok("Profiles", "a,b", "a.b"); bad("Profiles", "a/b", "..", "a,../b")
            ok("Drives", "disk:1G", "a:1G:/var:cache=none,b:2G", "a:1:::x:persist"); bad("Drives", "disk", "disk:big")
            ok("OciLabels", "a=1", "a=1 \\"b=two words\\""); bad("OciLabels", "a", "=1")
            ok("Packages", "a,b", "(a or b)"); ok("KernelCommandLine", "quiet console=ttyS0")
            ok("Environment", "A=1 B", "PATH"); ok("RootPassword", "hashed:!"); ok("Dependencies", "a,b")
            """
        )
    }

    @Test("takes no long time to refuse a long text")
    func time() throws {
        try check(
            """
            import time
            start = time.time()
            for name in ("ManifestFormat", "SplitArtifacts", "ExtraTrees", "Profiles", "Drives", "OciLabels", "Seed"):
                for unit in ("a ", "json ", ", ", "uki\\n ", "a:", "-", " "):
                    check({section[name]: {name: unit * 2000 + "/:"}})
            assert time.time() - start < 5, time.time() - start
            """
        )
    }
}

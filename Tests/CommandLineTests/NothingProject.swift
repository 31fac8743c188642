import Support
import TestSupport

/// A project whose only plugin makes nothing, as fast as it can, and keeps what it is asked.
struct NothingProject {
    let program: StagedProgram

    init(_ files: [String: String] = [:], settings: String = "") throws {
        program = try StagedProgram([
            "mkosi.conf": "[Distribution]\nDistribution=nothing\n[Output]\nFormat=nothing\n\(settings)",
            "mkosi.plugins/nothing/plugin.json": """
            {
              "manifest": 1, "name": "nothing", "version": "1", "summary": "Makes nothing",
              "protocol": {"min": 1, "max": 1}, "interface": {"min": 1, "max": 1},
              "start": {"executable": ["program"]},
              "provides": {
                "distributions": [{"name": "nothing", "custom": true, "architectures": {"x86-64": "any", "arm64": "any"}}],
                "formats": [{"name": "nothing", "compression": "none", "needsTree": false}]
              }
            }
            """,
        ])
        try install(#"echo '{"jsonrpc":"2.0","id":'"$id"',"result":{"outputs":[]}}'"#)
        for (name, text) in files { try program.write(name, text, mode: text.hasPrefix("#!") ? 0o755 : 0o644) }
    }

    /// Makes the plugin run this when the format is asked for an image.
    func install(_ answer: String) throws {
        let script = """
            #!/bin/sh
            while read -r line; do
                id=$(printf '%s' "$line" | sed -n 's/.*"id":\\([0-9]*\\).*/\\1/p')
                case $line in
                    *'"initialize"'*) echo '{"jsonrpc":"2.0","id":'"$id"',"result":{"protocol":1,"interface":1,"plugin":{"name":"nothing","version":"1"}}}' ;;
                    *'"format/assemble"'*)
                        printf '%s' "$line" >"${0%/*}/request"
                        \(answer) ;;
                esac
            done

            """
        try program.write("mkosi.plugins/nothing/program", script, mode: 0o755)
    }

    /// What the format was asked to do last.
    func request() throws -> String { try program.read("mkosi.plugins/nothing/request") }
}

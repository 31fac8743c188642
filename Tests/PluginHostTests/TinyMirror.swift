import Execution
import PluginHost
import PluginWire
import Support
import TestSupport

/// A directory of packages of the tiny distribution: tar files that say in `usr/share/tiny/NAME.json` what they are.
struct TinyMirror {
    let directory: String

    init(in scratch: TemporaryDirectory) throws {
        directory = try scratch.makeDirectory("mirror")
        try add("base", needs: [], file: ("etc/os-release", "ID=tiny\n"), scratch)
        try add("hello", needs: ["base", "words"], file: ("usr/bin/hello", "#!/bin/sh\necho hello\n"), scratch)
        try add("words", needs: [], file: ("usr/share/words", "hello\n"), scratch)
    }

    private func add(_ name: String, needs: [String], file: (String, String), _ scratch: TemporaryDirectory) throws {
        let tree = "packages/\(name)"
        let list = needs.map { "\"\($0)\"" }.joined(separator: ",")
        try scratch.write(file.1, to: "\(tree)/\(file.0)", mode: 0o755)
        try scratch.write(
            #"{"name":"\#(name)","version":"1.0","architecture":"x86_64","needs":[\#(list)]}"# + "\n",
            to: "\(tree)/usr/share/tiny/\(name).json"
        )
        try Command(
            "/usr/bin/tar",
            ["--create", "--file", "\(directory)/\(name).tar", "--directory", "\(scratch.path)/\(tree)", "."],
            environment: ["PATH=/usr/bin:/bin"]
        ).runChecked()
    }
}

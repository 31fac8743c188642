import Support
import System
import TestSupport

/// A project whose image is a directory that is there already: a shell and a few programs of the host.
struct RuntimeProject {
    let program: StagedProgram

    init(_ settings: String = "") throws {
        program = try StagedProgram([
            "mkosi.conf": "[Distribution]\nDistribution=debian\n[Output]\nFormat=directory\n\(settings)"
        ])
        try runChecked(["sh", "-c", Self.script, "make-tree", image])
    }

    /// The path of the output.
    var image: String { program.project("image") }

    private static let script = """
        set -e
        root=$1
        for name in bin sbin lib lib64; do mkdir -p "$root/usr/$name"; ln -s "usr/$name" "$root/$name"; done
        mkdir -p "$root/dev" "$root/etc" "$root/proc" "$root/root" "$root/run" "$root/sys" "$root/tmp" "$root/var"
        echo 'ID=test' > "$root/usr/lib/os-release"
        for name in sh cat id ls touch sleep; do
            file=$(command -v "$name")
            cp -L "$file" "$root/usr/bin/$name"
            for library in $(ldd "$file" | grep -o '/[^ ]*'); do
                mkdir -p "$root${library%/*}"
                cp -L "$library" "$root$library"
            done
        done
        """
}

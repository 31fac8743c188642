import Support
import TestSupport
import Testing

/// Directories of tools that have no room.
@Suite(.needsDebian, .needsRoot)
struct FullDirectoryTests {
    @Test(
        "Too little room for temporary files is not blamed on the mirror, and no hint says to accept what is unsigned"
    )
    func temporaryFiles() throws {
        let debian = try DebianProject()
        // apt-get has room for some of what it copies, and for none of the copies when it has removed them.
        let script = """
            for size in 104 136 168; do
                mkdir "$2/$size"
                mount -t tmpfs -o size=${size}k small "$2/$size"
                ! "$1" lock --workspace-directory="$2/$size" || echo "$size is enough"
            done
            """
        let result = try run(
            ["unshare", "--mount", "sh", "-euc", script, "sh", Stage.mkosi, debian.directory.path],
            environment: debian.environment(),
            in: debian.project
        )
        #expect(result.succeeded && result.output.isEmpty, "\(result)")
        #expect(result.errors.matches(of: /(?i)space left/).count == 3, "\(result)")
        let sentences = result.errorLines.filter { $0.contains("error:") || $0.contains("hint:") }
        #expect(!sentences.contains { $0.contains("signed") || $0.contains("RepositoryKeyCheck") }, "\(result)")
    }
}

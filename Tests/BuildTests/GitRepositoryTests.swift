import Glibc
import Sandbox
import Support
import TestSupport
import Testing

@testable import Build

/// Repositories that lie elsewhere than the sources.
@Suite(.enabled(if: Paths.findProgram("git") != nil))
struct GitRepositoryTests {
    private static func git(_ arguments: [String], in directory: String) throws {
        let identity = ["-c", "user.name=t", "-c", "user.email=t@example.org"]
        try runChecked(
            ["git"] + identity + arguments,
            environment: plainEnvironment + ["HOME=\(directory)", "GIT_CONFIG_GLOBAL=/dev/null"],
            in: directory
        )
    }

    private static func worktree(in folder: borrowing TemporaryFolder) throws {
        try folder.makeFolder("first")
        try git(["init", "--quiet", "."], in: folder("first"))
        try git(["commit", "--quiet", "--allow-empty", "-m", "first"], in: folder("first"))
        try git(["worktree", "add", "--quiet", folder("tree")], in: folder("first"))
    }

    @Test("A worktree is seen with the repository that it belongs to, read-only and where git looks for it")
    func found() throws {
        let folder = try TemporaryFolder()
        try Self.worktree(in: folder)
        let path = try #require(Paths.resolved(folder("first/.git")))
        let repository = try #require(GitRepository(of: folder("tree")))
        #expect(repository.common == path)
        for case .bind(let bind) in repository.steps(from: "/work/src") {
            #expect(bind.source == path && bind.isReadOnly)
        }
        #expect(repository.paths.contains(path))
        #expect(GitRepository(of: folder("first")) == nil)
        // The same with relative paths, which git writes since 2.48 where it is asked to.
        try folder.write("gitdir: ../first/.git/worktrees/tree\n", to: "tree/.git")
        let relative = try #require(GitRepository(of: folder("tree")))
        let targets = relative.steps(from: "/work/src").compactMap { step -> String? in
            if case .bind(let bind) = step { bind.target } else { nil }
        }
        #expect(targets.contains("/work/first/.git"))
    }

    @Test("A file that names a directory which knows nothing of it shows nothing")
    func hostile() throws {
        let folder = try TemporaryFolder()
        try Self.worktree(in: folder)
        try folder.write("key\n", to: "secret/id")
        for text in [folder("secret"), folder("first/.git"), folder("first/.git/worktrees/tree"), "/", "/root/.ssh"] {
            try folder.write("gitdir: \(text)\n", to: "hostile/.git")
            #expect(GitRepository(of: folder("hostile")) == nil, "\(text)")
        }
        // One that is made up, and says that it belongs to the sources, leads to nothing but itself.
        try folder.write("gitdir: \(folder("hostile/made/worktrees/x"))\n", to: "hostile/.git")
        try folder.write("\(folder("secret"))\n", to: "hostile/made/worktrees/x/commondir")
        try folder.write("\(folder("hostile/.git"))\n", to: "hostile/made/worktrees/x/gitdir")
        try folder.makeFolder("hostile/made/objects")
        try folder.write("ref: x\n", to: "hostile/made/HEAD")
        let made = try #require(GitRepository(of: folder("hostile")))
        #expect(made.common == Paths.resolved(folder("hostile/made")))
        #expect(!made.paths.contains { $0.hasPrefix(folder("secret")) })
    }
}

import Glibc
import Sandbox
import Support
import System
import TestSupport
import Testing

@testable import Builder

/// Repositories that lie elsewhere than the sources.
@Suite(.needsProgram("git"))
struct GitRepositoryTests {
    private static func git(_ arguments: [String], in directory: String) throws {
        let identity = ["-c", "user.name=t", "-c", "user.email=t@example.org"]
        try runChecked(
            ["git"] + identity + arguments,
            environment: plainEnvironment + ["HOME=\(directory)", "GIT_CONFIG_GLOBAL=/dev/null"],
            in: directory
        )
    }

    private static func worktree(in directory: borrowing TemporaryDirectory) throws {
        try directory.makeDirectory("first")
        try git(["init", "--quiet", "."], in: directory("first"))
        try git(["commit", "--quiet", "--allow-empty", "-m", "first"], in: directory("first"))
        try git(["worktree", "add", "--quiet", directory("tree")], in: directory("first"))
    }

    @Test("A worktree is seen with the repository that it belongs to, read-only and where git looks for it")
    func found() throws {
        let directory = try TemporaryDirectory()
        try Self.worktree(in: directory)
        let path = try #require(Paths.resolved(directory("first/.git")))
        let repository = try #require(GitRepository(of: directory("tree")))
        #expect(repository.common == path)
        for case .bind(let bind) in repository.steps(from: "/work/src") {
            #expect(bind.source == path && bind.isReadOnly)
        }
        #expect(repository.paths.contains(path))
        #expect(GitRepository(of: directory("first")) == nil)
        // The same with relative paths, which git writes since 2.48 where it is asked to.
        try directory.write("gitdir: ../first/.git/worktrees/tree\n", to: "tree/.git")
        let relative = try #require(GitRepository(of: directory("tree")))
        let targets = relative.steps(from: "/work/src").compactMap { step -> String? in
            if case .bind(let bind) = step { bind.target } else { nil }
        }
        #expect(targets.contains("/work/first/.git"))
    }

    @Test("A file that names a directory which knows nothing of it shows nothing")
    func hostile() throws {
        let directory = try TemporaryDirectory()
        try Self.worktree(in: directory)
        try directory.write("key\n", to: "secret/id")
        for text in [
            directory("secret"), directory("first/.git"), directory("first/.git/worktrees/tree"), "/", "/root/.ssh",
        ] {
            try directory.write("gitdir: \(text)\n", to: "hostile/.git")
            #expect(GitRepository(of: directory("hostile")) == nil, "\(text)")
        }
        // One that is made up, and says that it belongs to the sources, leads to nothing but itself.
        try directory.write("gitdir: \(directory("hostile/made/worktrees/x"))\n", to: "hostile/.git")
        try directory.write("\(directory("secret"))\n", to: "hostile/made/worktrees/x/commondir")
        try directory.write("\(directory("hostile/.git"))\n", to: "hostile/made/worktrees/x/gitdir")
        try directory.makeDirectory("hostile/made/objects")
        try directory.write("ref: x\n", to: "hostile/made/HEAD")
        let made = try #require(GitRepository(of: directory("hostile")))
        #expect(made.common == Paths.resolved(directory("hostile/made")))
        #expect(!made.paths.contains { $0.hasPrefix(directory("secret")) })
    }
}

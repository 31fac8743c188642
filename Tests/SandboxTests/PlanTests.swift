import Sandbox
import Testing

@Suite struct PlanTests {
    @Test func everyPartOfAPlanSurvivesTheCommandLine() throws {
        var plan = Plan(command: ["prog", "--looks-like-an-option", ""])
        plan.steps = [
            .temporary(.init(target: "/tmp", mode: 0o700, size: "1m")), .temporary(.init(target: "/run")),
            .devices(target: "/dev"), .processes(target: "/proc"), .system(target: "/sys"),
            .directory(target: "/d"), .readOnly("/usr", at: "/usr"), .writable("/a b", at: "/c"),
            .bind(.init(source: "+/x", target: "/y", isReadOnly: true, isOptional: true)),
            .bind(.init(source: "/l", target: "/m", followsSource: false)),
            .foreignBind(.init(source: "/f", target: "/g")),
            .symlink(content: "usr/bin", target: "/bin"), .write(content: "text\n", target: "/etc/file"),
            .overlay(.init(lower: ["/1", "/2"], upper: .directory("/u", work: "/w"), target: "/o")),
            .overlay(.init(lower: ["/1"], upper: .temporary, target: "/o")),
            .overlay(.init(lower: ["/1"], upper: .none, target: "/o")),
            .resolver(target: "/etc/resolv.conf"), .targetRoot("/o"), .directory(target: "/d"), .targetRoot("/"),
        ]
        plan.identity = .init(becomesRoot: true, ids: .single, userNamespace: false)
        plan.identity.mapsForeignIDs = true
        plan.identity.delegatedRanges = 3
        plan.network = .isolated
        plan.suppression = [.chown, .sync, .mknod]
        plan.environment = [.set(name: "A", value: "b=c"), .unset(name: "D")]
        plan.workingDirectory = .path("/d")
        plan.root = "/c"
        plan.hostname = "host"
        plan.packsDescriptors = true
        plan.isVerbose = true
        #expect(try Plan(arguments: plan.arguments) == plan)

        plan.workingDirectory = .same
        plan.identity.ids = .range
        #expect(try Plan(arguments: plan.arguments) == plan)
        #expect(plan.encodedOptions.split(separator: "\0", omittingEmptySubsequences: false).last == "")
    }

    /// The options that scripts written for other implementations of the command use.
    @Test func customaryOptionsAreAccepted() throws {
        let words = """
            --tmpfs /tmp --dev /dev --dir /d --bind / / --bind-try /a /a --ro-bind /a /a --ro-bind-try /a /a
            --bind-foreign /a /a --ro-bind-foreign /a /a --bind-nofollow /a /a --ro-bind-nofollow /a /a
            --symlink a /b --write data /f --overlay-lowerdir /l --overlay-upperdir /u --overlay-workdir /w
            --overlay /o --unsetenv A --setenv B c --chdir / --same-dir --become-root --map-foreign
            --map-delegate 2 --suppress-chown --suppress-sync --unshare-net --unshare-ipc --pack-fds --debug true
            """
        let plan = try Plan(arguments: words.split(whereSeparator: \.isWhitespace).map(String.init))
        #expect(plan.command == ["true"])
        #expect(plan.steps.count == 14)
    }

    @Test(arguments: [
        (["--nonsense"], "There is no option --nonsense"),
        (["--bind", "/a"], "The option --bind needs a value for DST"),
        (["--overlay", "/a"], "An overlay needs --overlay-lowerdir before it"),
        (["--overlay-lowerdir", "/a", "true"], "Options of an overlay are not followed by --overlay"),
        (["--overlay-lowerdir", "/a", "--overlay-upperdir", "/b", "--overlay", "/o"], "needs both"),
        (["--tmpfs-mode", "9", "--tmpfs", "/a"], "needs an octal number"),
        (["--tmpfs-size", "9", "true"], "Options of a tmpfs are not followed by --tmpfs"),
        (["--ids", "many"], "--ids needs auto, root, range, single"),
        (["--map-delegate", "x"], "needs a number"),
    ])
    func aWrongCommandLineIsExplained(words: [String], message: String) {
        let error = #expect(throws: SandboxError.self) { _ = try Plan(arguments: words) }
        #expect(error?.message.contains(message) == true, "\(String(describing: error))")
        #expect(error?.exitCode == 125)
    }

    @Test func wordsAfterTwoDashesAreTheCommand() throws {
        #expect(try Plan(arguments: ["--become-root", "--", "--bind", "x"]).command == ["--bind", "x"])
        #expect(try Plan(arguments: ["-"]).command == ["-"])
    }
}

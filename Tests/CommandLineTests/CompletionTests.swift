import Support
import System
import TestSupport
import Testing

/// Completion in real shells: each test types at a terminal and reads what the shell makes of it.
@Suite("Completion")
struct CompletionTests {
    /// A shell, and how it comes to know the completion.
    enum Shell: String, CaseIterable, CustomTestStringConvertible {
        case bash
        case bashCompletion
        case zsh
        case zshInstalled
        case fish
        case fishInstalled

        var testDescription: String {
            switch self {
            case .bash, .zsh, .fish: "\(rawValue), from mkosi completion"
            case .bashCompletion: "bash, installed, with bash-completion"
            case .zshInstalled: "zsh, installed"
            case .fishInstalled: "fish, installed"
            }
        }

        var command: [String] {
            switch self {
            case .bash, .bashCompletion: ["bash", "--norc", "--noprofile", "-i"]
            case .zsh, .zshInstalled: ["zsh", "-f", "-i"]
            case .fish, .fishInstalled: ["fish", "--no-config", "-i"]
            }
        }

        /// The completion, and in place of mkosi a function that only shows what it was called with.
        func setup(_ prefix: String) -> [String] {
            switch self {
            case .bash: ["source <(mkosi completion bash)", Self.show]
            case .bashCompletion: ["source /usr/share/bash-completion/bash_completion", Self.show]
            case .zsh: ["autoload -Uz compinit; compinit -D", "source <(mkosi completion zsh)", Self.show]
            case .zshInstalled:
                [
                    "fpath=(\(prefix)/share/zsh/site-functions $fpath)", "autoload -Uz compinit; compinit -D",
                    Self.show,
                ]
            case .fish: ["command mkosi completion fish | source", Self.showFish]
            // Without its configuration fish does not look at $XDG_DATA_DIRS.
            case .fishInstalled:
                ["set -p fish_complete_path \(prefix)/share/fish/vendor_completions.d", Self.showFish]
            }
        }

        private static let show = "mkosi() { echo \"GOT\"\"<$*>\"; }"
        private static let showFish = "function mkosi; echo GOT\"<$argv>\"; end; set -g fish_autosuggestion_enabled 0"
    }

    private static let project = [
        "mkosi.conf": "[Output]\nFormat=tar\n", "mkosi.profiles/desktop.conf": "",
        "mkosi.profiles/server/mkosi.conf": "",
        "mkosi.images/tiny/mkosi.conf": "", "some-file": "", "some-zone/inner": "",
        "other/mkosi.profiles/kiosk.conf": "",
    ]

    private func start(_ shell: Shell) throws -> (StagedProgram, Terminal) {
        let program = try StagedProgram(Self.project)
        let name = shell.command[0]
        try #require(Paths.findProgram(name) != nil, "\(name) is not installed: make deps installs it")
        if shell == .bashCompletion {
            let file = "/usr/share/bash-completion/bash_completion"
            try #require(Files.exists(file), "bash-completion is not installed: make deps installs it")
        }
        let terminal = try Terminal(
            shell.command,
            environment: [
                "PATH=\(Stage.prefix)/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME=\(program.directory("home"))",
                "LC_ALL=C.UTF-8", "XDG_DATA_DIRS=\(Stage.prefix)/share:/usr/share",
            ],
            in: program.project("")
        )
        for line in try shell.setup(Stage.prefix) { terminal.type(line + "\r") }
        terminal.type("echo READY''NOW\r")
        try #require(terminal.waits(for: ["READYNOW"]), "\(terminal.screen)")
        return (program, terminal)
    }

    @Test("What is typed in part is completed", arguments: Shell.allCases)
    func completes(shell: Shell) throws {
        let (program, terminal) = try start(shell)
        defer { withExtendedLifetime(program) {} }
        let cases = [
            ("sum\t", "summary"),
            ("cat\t", "cat-config"),
            ("--bootab\t", "--bootable"),
            ("--format ta\t", "--format tar"),
            ("--format=ta\t", "--format=tar"),
            ("-t direc\t", "-t directory"),
            ("-d deb\t", "-d debian"),
            ("summary --architecture x86-6\t", "summary --architecture x86-64"),
            ("--profile desk\t", "--profile desktop"),
            ("--profile=serv\t", "--profile=server"),
            ("-C other --profile ki\t", "-C other --profile kiosk"),
            ("--dependency ti\t", "--dependency tiny"),
            ("--include some-fi\t", "--include some-file"),
            ("--include mkosi-too\t", "--include mkosi-tools"),
            ("--default some-fi\t", "--default some-file"),
            ("--all-directory some-\t", "--all-directory some-zone"),
            ("--initrd-profile=lvm,ra\t", "--initrd-profile=lvm,raid"),
            ("--split-artifacts=rooth\t", "--split-artifacts=roothash"),
            ("--initrd defa\t", "--initrd default"),
            ("plugin che\t", "plugin check"),
            ("plugin check --ta\t", "plugin check --tap"),
            ("plugin new --kind=boot\t", "plugin new --kind=bootloader"),
            ("--output-directory some-\t", "--output-directory some-zone"),
            ("--cache-only=meta\t", "--cache-only=metadata"),
            ("--manifest-format=json,chang\t", "--manifest-format=json,changelog"),
            ("--format tar --boota\t", "--format tar --bootable"),
            ("-i summ\t", "-i summary"),
            ("--incremental=str\t", "--incremental=strict"),
            ("completion fi\t", "completion fish"),
            ("help sum\t", "help summary"),
            ("documentation sand\t", "documentation sandbox"),
            ("build -- some-fi\t", "build -- some-file"),
            ("lock --upd\t", "lock --update"),
            ("--check-rep\t", "--check-reproducible"),
            ("build --no-lo\t", "build --no-locked"),
            ("documentation --doc-format=pan\t", "documentation --doc-format=pandoc"),
            // What means nothing to the verb is not offered, and so there is one word that begins like this.
            ("schema --de\t", "schema --debug"),
            ("migrate --wr\t", "migrate --write"),
            ("explain --js\t", "explain --json"),
        ]
        for (typed, expected) in cases {
            terminal.type("mkosi \(typed)\r")
            // Some shells add a space after a word that is complete.
            let isShown = terminal.waits(for: ["GOT<\(expected)"], seconds: 15)
            #expect(isShown, "mkosi \(typed) in \(shell.testDescription):\n\(terminal.screen.suffix(600))")
            if !isShown { return }
        }
    }

    @Test("What is possible is offered", arguments: Shell.allCases)
    func offers(shell: Shell) throws {
        let cases = [
            ("mkosi s\t\t", ["summary", "sandbox", "ssh"]),
            ("mkosi --format \t\t", ["directory", "none", "tar"]),
            ("mkosi --profile \t\t", ["desktop", "server"]),
            ("mkosi --include some-\t\t", ["some-file", "some-zone"]),
            ("mkosi --bootable \t\t", ["auto", "no", "yes"]),
        ]
        let (program, terminal) = try start(shell)
        defer { withExtendedLifetime(program) {} }
        for (index, (typed, offered)) in cases.enumerated() {
            terminal.forget()
            terminal.type(typed)
            let isShown = terminal.waits(for: offered, seconds: 15)
            #expect(isShown, "\(typed) in \(shell.testDescription):\n\(terminal.screen.suffix(600))")
            // Ends the line, and otherwise runs it: here that is harmless.
            terminal.type("\u{3}\recho NEXT''\(index)\r")
            try #require(terminal.waits(for: ["NEXT\(index)"]), "\(terminal.screen)")
        }
    }

    @Test("A plugin brings its words, and takes them along", arguments: ["bash", "zsh", "fish"])
    func plugin(shell: String) throws {
        let program = try StagedProgram(Self.project)
        let before = try program.mkosi("completion", shell).output
        try program.write(
            "mkosi.plugins/acme/plugin.json",
            """
            {
              "manifest": 1, "name": "acme", "version": "1", "summary": "Made up",
              "protocol": {"min": 1, "max": 1}, "interface": {"min": 1, "max": 1},
              "start": {"executable": ["run"]},
              "provides": {
                "distributions": [{"name": "acme-linux", "architectures": {"x86-64": "amd64"}}],
                "formats": [{"name": "acme-crate", "compression": "none"}]
              },
              "settings": [
                {"name": "AcmeMode", "section": "Content", "type": "choice", "choices": ["fast", "$(reboot)"], "help": "It's"}
              ]
            }
            """
        )
        let with = try program.mkosi("completion", shell).output
        for word in ["acme-linux", "acme-crate", "acme-mode", "fast"] {
            #expect(with.contains(word), "\(word)")
            #expect(!before.contains(word), "\(word)")
        }
        #expect(!with.contains("reboot"), "a word that a shell could run is never part of a script")
        let checked = try run([shell, "-n"], input: with)
        #expect(checked.succeeded, "\(checked)")
    }

    @Test("A shell that is not known")
    func unknown() throws {
        let program = try StagedProgram()
        let result = try program.mkosi("completion", "bsh")
        #expect(result.errors.contains("Did you mean \"bash\"?"))
        #expect(try program.mkosi("completion").errors.contains("needs the name of a shell"))
    }
}

import ByteKeys
import Configuration
import Support

/// Completes the image with one program of systemd or its kin.
struct SystemToolStep: BuildStep {
    let name: String
    let title: String
    let tool: SystemTool
    var changesPaths = true

    var inputs: StepInputs { StepInputs(programs: [tool.program]) }
    var paths: [String] { tool.paths }
    var work: TreeWork? { tool.treeWork }

    func run(_ context: any StepContext, _ settings: SettingsView<NoSettings>) throws(Failure) {
        try tool.run(context, title: title, phase: name)
    }

    /// Makes the users and groups that packages and the project ask for in sysusers.d(5).
    static let users = SystemToolStep(
        name: "sysusers",
        title: "Creating system users",
        tool: SystemTool(
            program: "systemd-sysusers",
            calls: [[]],
            rootOption: "--root=",
            needs: ["/usr/lib/sysusers.d", "/etc/sysusers.d"]
        )
    )

    /// Makes the files and directories that packages and the project ask for in tmpfiles.d(5).
    static let temporaryFiles = SystemToolStep(
        name: "tmpfiles",
        title: "Creating files of tmpfiles.d",
        tool: SystemTool(
            program: "systemd-tmpfiles",
            calls: [["--boot", "--create"] + volatileDirectories.map { "--exclude-prefix=\($0)" }],
            rootOption: "--root=",
            needs: ["/usr/lib/tmpfiles.d", "/etc/tmpfiles.d"],
            // A subvolume would depend on the file system that the image happens to be made on.
            environment: ["SYSTEMD_TMPFILES_FORCE_SUBVOL": "0"],
            // As in systemd's own unit: lines that mean nothing here (EX_DATAERR), and what cannot be made
            // (EX_CANTCREAT), such as access for groups that a user without a range of ids does not have.
            success: [0, 65, 73]
        )
    )

    /// The directories on file systems of the running system, which are made at each boot.
    private static let volatileDirectories = ["/dev", "/proc", "/run", "/sys", "/tmp", "/var/tmp"]

    /// Enables and disables units as systemd.preset(5) says, for the system and for users.
    static let presets = SystemToolStep(
        name: "presets",
        title: "Applying presets",
        tool: SystemTool(
            program: "systemctl",
            calls: [["preset-all"], ["--global", "preset-all"]],
            rootOption: "--root=",
            needs: ["/usr/lib/systemd/systemd"],
            environment: ["SYSTEMD_OFFLINE": "1"],
            // Units of the system and of users are in directories of their own.
            callsAreIndependent: true
        ),
        changesPaths: false
    )

    /// Compiles the texts that explain messages of the journal, those of the project among them.
    static let catalog = SystemToolStep(
        name: "catalog",
        title: "Compiling the message catalog",
        tool: SystemTool(
            program: "journalctl",
            calls: [["--update-catalog"]],
            rootOption: "--root=",
            needs: ["/usr/lib/systemd/catalog"],
            work: (reads: ["/etc/systemd/catalog", "/var/lib/systemd/catalog"], writes: ["/var/lib/systemd/catalog"])
        ),
        changesPaths: false
    )
}

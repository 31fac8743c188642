import Configuration
import Support

/// Makes the files and directories that packages and the project ask for in tmpfiles.d(5).
enum TemporaryFilesStep: BuildStep {
    static let name = "tmpfiles"
    static let title = "Making files of tmpfiles.d"
    static let inputs = StepInputs(programs: ["systemd-tmpfiles"])
    static let chain: StepChain? = .image

    static func isNeeded(for image: ImageConfiguration) -> Bool { true }

    /// What lies on file systems of the running machine is its own business, at each boot.
    private static let elsewhere = ["/dev", "/proc", "/run", "/sys", "/tmp", "/var/tmp"]
    private static let tool = SystemTool(
        program: "systemd-tmpfiles",
        calls: [["--boot", "--create"] + elsewhere.map { "--exclude-prefix=\($0)" }],
        rootOption: "--root=",
        needs: ["/usr/lib/tmpfiles.d", "/etc/tmpfiles.d"],
        // A subvolume would depend on the file system that the image happens to be made on.
        environment: ["SYSTEMD_TMPFILES_FORCE_SUBVOL": "0"],
        // As in systemd's own unit: lines that mean nothing here (EX_DATAERR), and what cannot be made
        // (EX_CANTCREAT), such as access for groups that a user without a range of ids does not have.
        success: [0, 65, 73]
    )

    static func paths(for state: BuildState) -> [String] { tool.paths }

    static func run(_ state: BuildState) throws(Failure) {
        try tool.run(on: state, as: self)
    }
}

import Display
import JSON

/// The options that verbs share; an option of one verb is declared by the verb itself.
enum SharedOptions {
    // MARK: - Every verb

    static let directory = CommandOption<String?>.directory(
        "--directory",
        short: "C",
        "Change to this directory first; if empty, read no configuration files"
    )
    static let debug = CommandOption<Bool>.flag("--debug", "Show every command and its output")
    static let progress = CommandOption<String?>.choice(
        "--progress",
        "MODE",
        ProgressMode.allCases.map(\.rawValue),
        "Show progress redrawn on a terminal, as plain lines, or as JSON"
    )
    static let progressDescriptor = CommandOption<Int?>.number(
        "--progress-fd",
        "NUMBER",
        0...Int(CInt.max),
        "Write events as JSON to this open file descriptor"
    )
    static let version = CommandOption<Bool>.flag("--version", "Show the version of mkosi")
    static let help = CommandOption<Bool>.flag("--help", short: "h", "Show this help; after a verb, help for the verb")

    /// The options of every verb.
    static let all = [
        directory.declaration, debug.declaration, progress.declaration, progressDescriptor.declaration,
        version.declaration, help.declaration,
    ]

    // MARK: - Verbs that read the configuration

    static let force = CommandOption<Int>.counter(
        "--force",
        short: "f",
        "Replace existing outputs; twice: remove caches too; three times: remove packages too; "
            + "verbs that build nothing: ignore the options that History= has kept"
    ).dropIn()
    /// The same option, for verbs that build an image.
    static let rebuild = force.help(
        "Replace existing outputs; twice: remove caches too; three times: remove packages too"
    )
    /// The option of the verbs that build the next version of an image, or show how it would be built.
    static let autoBump = CommandOption<Bool?>.boolean(
        "--auto-bump",
        short: "B",
        "Bump the image version after a successful build"
    ).dropIn()
    static let defaultFile = CommandOption<String?>.file(
        "--default",
        "Read this file of an older generation instead of mkosi.default"
    )
    static let everything = CommandOption<Bool>.flag(
        "--all",
        "Run the verb for each file in mkosi.files, or for each profile"
    )
    static let allDirectory = CommandOption<String?>.directory(
        "--all-directory",
        "Directory in which --all looks for files instead of mkosi.files"
    )

    /// The options that select files of older generations.
    static let selection = [defaultFile.declaration, everything.declaration, allDirectory.declaration]
    /// The options of verbs that read the configuration, besides all settings.
    static let configuration = [force.declaration] + selection

    // MARK: - Several verbs

    static let json = CommandOption<Bool>.flag("--json", "Print JSON").dropIn()
    static let jobs = CommandOption<Int?>.number(
        "--jobs",
        "NUMBER",
        1...4096,
        "Maximum number of jobs in parallel; default: the number of processors"
    )
    static let locked = CommandOption<Bool?>.boolean(
        "--locked",
        "Use exactly the packages in mkosi.lock; the default if the file exists"
    ).negation("Ignore mkosi.lock and use current packages of the repositories")
    static let wipeBuildDirectory = CommandOption<Bool>.flag(
        "--wipe-build-dir",
        short: "w",
        "Empty the build directory before the build"
    ).dropIn()
    static let rerunBuildScripts = CommandOption<Bool>.flag(
        "--rerun-build-scripts",
        short: "R",
        "Run only the build scripts again"
    ).dropIn()
    static let debugShell = CommandOption<Bool>.flag(
        "--debug-shell",
        "Open a shell in the image when a command fails"
    ).dropIn()
    static let debugWorkspace = CommandOption<Bool>.flag(
        "--debug-workspace",
        "Keep the workspace and print its path"
    ).dropIn()
    static let debugSandbox = CommandOption<Bool>.flag(
        "--debug-sandbox",
        "Show the system calls that make sandboxes, with strace"
    ).dropIn()
    static let debugTiming = CommandOption<Bool>.flag("--debug-timing", "Show how long each step took").dropIn()

    /// The options of verbs that prepare a build, even if they run only a part of it.
    static let planning = [
        autoBump.declaration, jobs.declaration, locked.declaration, wipeBuildDirectory.declaration,
        rerunBuildScripts.declaration, debugWorkspace.declaration, debugSandbox.declaration,
    ]
    /// The options of verbs that build an image.
    static let building = [rebuild.declaration] + planning + [debugShell.declaration, debugTiming.declaration]
    /// All options that several verbs have, with the help text that is true of each of them.
    static let several = building + [json.declaration]
}

/// An option of the command line that no configuration file knows.
struct CommandOption: Sendable {
    var kind: Kind
    var long: String
    var short: Character?
    /// What stands for the argument in help; nil for an option without one.
    var metavar: String?
    /// Whether the argument may be left out.
    var isOptional = false
    var help: String
    /// Whether it is understood, but nothing comes of it yet.
    var isPlanned = false

    enum Kind: Sendable {
        case force
        case directory
        case debug
        case debugShell
        case debugWorkspace
        case debugSandbox
        case debugTiming
        case json
        case autoBump
        case wipeBuildDirectory
        case rerunBuildScripts
        case checkReproducible
        case prove
        case step
        case failed
        case commonName
        case validDays
        case documentationFormat
        case defaultFile
        case all
        case allDirectory
        case write
        case jobs
        case locked
        case notLocked
        case update
        case check
        case difference
        case version
        case help
    }

    static let all = [
        CommandOption(
            kind: .directory,
            long: "--directory",
            short: "C",
            metavar: "DIR",
            help: "Work in this directory; empty: read no configuration files"
        ),
        CommandOption(
            kind: .force,
            long: "--force",
            short: "f",
            help: "Replace outputs that exist; twice: drop caches too; thrice: drop packages too"
        ),
        CommandOption(
            kind: .defaultFile,
            long: "--default",
            metavar: "FILE",
            help: "Read this file of an older generation in place of mkosi.default"
        ),
        CommandOption(kind: .all, long: "--all", help: "Do it for each file of mkosi.files, or for each profile"),
        CommandOption(
            kind: .allDirectory,
            long: "--all-directory",
            metavar: "DIR",
            help: "Where --all looks for files in place of mkosi.files"
        ),
        CommandOption(kind: .write, long: "--write", help: "Let migrate rewrite the files instead of showing how"),
        CommandOption(
            kind: .jobs,
            long: "--jobs",
            metavar: "NUMBER",
            help: "How much a build does at once; default: one job for each processor"
        ),
        CommandOption(
            kind: .locked,
            long: "--locked",
            metavar: "BOOL",
            isOptional: true,
            help: "Build from exactly what mkosi.lock names; the default where there is that file"
        ),
        CommandOption(kind: .notLocked, long: "--no-locked", help: "Build from what the repositories have today"),
        CommandOption(kind: .update, long: "--update", help: "Let lock take newer packages: all, or those named"),
        CommandOption(kind: .check, long: "--check", help: "Let lock list newer packages and write nothing"),
        CommandOption(kind: .difference, long: "--diff", help: "Let lock compare lock files: OLD [NEW]"),
        CommandOption(kind: .json, long: "--json", help: "Print JSON"),
        CommandOption(
            kind: .autoBump,
            long: "--auto-bump",
            short: "B",
            metavar: "BOOL",
            isOptional: true,
            help: "Raise the image version with a successful build"
        ),
        CommandOption(
            kind: .wipeBuildDirectory,
            long: "--wipe-build-dir",
            short: "w",
            help: "Empty the build directory before the build"
        ),
        CommandOption(
            kind: .rerunBuildScripts,
            long: "--rerun-build-scripts",
            short: "R",
            help: "Run only the build scripts again"
        ),
        CommandOption(
            kind: .checkReproducible,
            long: "--check-reproducible",
            help: "Build twice under varied conditions, and name what makes the results differ"
        ),
        CommandOption(
            kind: .prove,
            long: "--prove",
            help: "Build again from nothing, and compare that with what is there"
        ),
        CommandOption(
            kind: .step,
            long: "--at",
            metavar: "STEP",
            help: "The step that shell opens a shell in, or IMAGE:STEP"
        ),
        CommandOption(kind: .failed, long: "--failed", help: "Show shell what the step has left when it failed"),
        CommandOption(kind: .debug, long: "--debug", help: "Show every command and what it prints"),
        CommandOption(kind: .debugShell, long: "--debug-shell", help: "Open a shell in the image when a command fails"),
        CommandOption(kind: .debugWorkspace, long: "--debug-workspace", help: "Keep the workspace and say where it is"),
        CommandOption(
            kind: .debugSandbox,
            long: "--debug-sandbox",
            help: "Trace the sandbox's system calls",
            isPlanned: true
        ),
        CommandOption(kind: .debugTiming, long: "--debug-timing", help: "Show how long each step took"),
        CommandOption(
            kind: .commonName,
            long: "--genkey-common-name",
            metavar: "NAME",
            help: "Common name of generated keys"
        ),
        CommandOption(
            kind: .validDays,
            long: "--genkey-valid-days",
            metavar: "DAYS",
            help: "How many days generated keys are valid"
        ),
        CommandOption(
            kind: .documentationFormat,
            long: "--doc-format",
            metavar: "FORMAT",
            help: "How the documentation is shown"
        ),
        CommandOption(kind: .version, long: "--version", help: "Show the version of mkosi"),
        CommandOption(kind: .help, long: "--help", short: "h", help: "Show this help"),
    ]

    static func named(_ name: String) -> CommandOption? {
        if name.count == 2, let letter = name.last, letter != "-" { return all.first { $0.short == letter } }
        return all.first { $0.long == name }
    }
}

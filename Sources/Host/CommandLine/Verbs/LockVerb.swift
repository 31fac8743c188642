import Builder
import ByteKeys
import Configuration
import Display
import Execution
import Glibc
import JSON
import LockFile
import PluginWire
import Support
import System

/// `mkosi lock`: records the exact packages of every image.
enum LockVerb: VerbCommand {
    static var description: VerbDescription {
        VerbDescription("lock", .words, usage: "[PACKAGE…]", "Write the exact packages of all images to mkosi.lock")
            .details(
                """
                With a lock file a build installs exactly those packages and asks no repository; --no-locked builds \
                without it. Versions that are in the file stay, newly requested packages are added, and packages no \
                longer requested are dropped.
                """,
                "With --update all packages may become newer, or the named ones and their dependencies.",
                "With --check nothing is written: newer packages are listed, and the exit status is 1 if there are any.",
                "With --diff two lock files are compared, or one with the project's."
            )
            .example("mkosi lock --update openssl")
            .option(updates)
            .option(check)
            .option(difference)
            .option(SharedOptions.json.help("Print the differences as JSON"))
            .option(SharedOptions.jobs)
    }

    static let updates = CommandOption<Bool>.flag("--update", "Update packages: all, or the named ones")
    static let check = CommandOption<Bool>.flag("--check", "List newer packages without writing")
    static let difference = CommandOption<Bool>.flag("--diff", "Compare lock files: OLD [NEW]")

    static func run(_ context: CommandContext) throws(Failure) -> CInt {
        let invocation = context.invocation
        guard [invocation[updates], invocation[check], invocation[difference]].filter({ $0 }).count <= 1 else {
            throw Failure(.usage, "--update, --check and --diff cannot be combined")
        }
        if invocation[difference] { return try compare(context) }
        guard invocation[updates] || invocation.arguments.isEmpty else {
            throw Failure(.usage, "mkosi lock takes names of packages only with --update")
        }
        let project = ProjectLock(directory: context.directory)
        let earlier = try project.read()
        if invocation[check], earlier == nil {
            throw Failure(.missing, "There is no \(project.path)", hint: "Run: mkosi lock")
        }
        let cancellation = try BuildVerb.watchSignals()
        do throws(Failure) {
            let loaded = try context.configuration()
            let locking = ProjectLocking(context: context, loaded: loaded, cancellation: cancellation)
            let lock = try locking.run(earlier ?? LockFile(), try update(invocation, earlier))
            return try report(lock, earlier, project, context)
        } catch {
            guard error.code == .cancelled else { throw error }
            context.display.report(Failure(.cancelled, "Cancelled; the lock file is unchanged"))
            return 128 + (cancellation.signal ?? SIGINT)
        }
    }

    private static func update(
        _ invocation: Invocation,
        _ earlier: LockFile?
    ) throws(Failure) -> PackageQuery.Update {
        if invocation[check] { return .everything }
        guard invocation[updates] else { return .nothing }
        let names = ByteSet(invocation.arguments)
        if names.isEmpty { return .everything }
        let known = ByteSet((earlier?.entries ?? []).flatMap(\.packages).map(\.name))
        if let unknown = names.subtracting(known).sorted().first {
            let hint = Suggestion.hint(for: unknown, in: known.sorted())
            throw Failure(
                .usage,
                "The lock file has no package \(unknown)",
                hint: hint ?? "Add it to the configuration, then run: mkosi lock"
            )
        }
        return .named(names)
    }

    private static func report(
        _ lock: LockFile,
        _ earlier: LockFile?,
        _ project: ProjectLock,
        _ context: CommandContext
    ) throws(Failure) -> CInt {
        let difference = LockDifference(from: earlier ?? LockFile(), to: lock)
        let isChecking = context.invocation[check]
        if isChecking || earlier != nil { try print(difference, context) }
        if isChecking { return difference.changes.isEmpty ? 0 : 1 }
        guard earlier?.text.hasSameBytes(as: lock.text) != true else {
            context.display.log(.info, "\(project.path) is up to date")
            return 0
        }
        try project.write(lock)
        let count = lock.entries.reduce(0) { $0 + $1.packages.count }
        context.display.log(.info, "Wrote \(project.path): \(count) packages")
        return 0
    }

    /// `--diff OLD [NEW]`.
    private static func compare(_ context: CommandContext) throws(Failure) -> CInt {
        var paths = context.invocation.arguments.map { Paths.absolute($0, from: context.host.currentDirectory) }
        if paths.count == 1 { paths.append(ProjectLock(directory: context.directory).path) }
        guard paths.count == 2 else {
            throw Failure(.usage, "mkosi lock --diff takes one or two lock files", hint: "mkosi lock --diff OLD [NEW]")
        }
        try print(LockDifference(from: ProjectLock.read(paths[0]), to: ProjectLock.read(paths[1])), context)
        return 0
    }

    private static func print(_ difference: LockDifference, _ context: CommandContext) throws(Failure) {
        if context.invocation[SharedOptions.json] {
            let changes = difference.changes.map { change in
                JSON.object([
                    "Image": .string(change.subject.image), "Purpose": .string(change.subject.purpose),
                    "Package": .string(change.package), "Architecture": .string(change.architecture),
                    "Old": change.old.map(JSON.string) ?? .null, "New": change.new.map(JSON.string) ?? .null,
                ])
            }
            return try context.output.write(JSON.array(changes).indentedText)
        }
        if difference.changes.isEmpty { return }
        try context.output.write(difference.lines.joined(separator: "\n") + "\n")
    }
}

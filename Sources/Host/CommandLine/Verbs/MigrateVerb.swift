import Configuration
import Display
import Support

/// `mkosi migrate`: shows or makes what a configuration of an older generation is in today's form.
enum MigrateVerb: VerbCommand {
    static var description: VerbDescription {
        VerbDescription(
            "migrate",
            .none,
            usage: "[--write]",
            "Show configuration of older versions in today's form; with --write, rewrite it and keep the old files"
        )
        .example("mkosi migrate --write")
        .withoutConfiguration()
        .options(SharedOptions.selection)
        .option(writes)
    }

    static let writes = CommandOption<Bool>.flag("--write", "Rewrite the files instead of showing the changes")

    static func run(_ context: CommandContext) throws(Failure) -> CInt {
        let migration = try Migration(
            context.invocation.legacy,
            directory: context.directory,
            registry: context.registry,
            catalogue: context.facts
        )
        for warning in migration.warnings { context.show(warning) }
        guard !migration.changes.isEmpty else {
            context.display.log(.info, "All files are up to date")
            return 0
        }
        guard context.invocation[writes] else {
            try context.output.write(migration.difference)
            context.display.log(.info, "Nothing was changed; mkosi migrate --write makes these changes")
            return 0
        }
        try migration.write()
        for change in migration.changes {
            context.display.log(.info, change.summary)
        }
        if migration.keepsFiles { context.display.log(.info, "The old files are in \(migration.backupDirectory)") }
        return 0
    }
}

import Builder
import Configuration
import Display
import Execution
import Support

/// `mkosi latest-snapshot`: asks the distribution for the newest value that `Snapshot=` could have.
enum LatestSnapshotVerb: VerbCommand {
    static var description: VerbDescription {
        VerbDescription("latest-snapshot", .none, "Print the newest snapshot of the distribution")
            .details("It is only printed: redirect it to the place where it is configured, such as mkosi.snapshot.")
            .example("mkosi latest-snapshot > mkosi.snapshot")
            .option(SharedOptions.jobs)
            .dropIn()
    }

    static func run(_ context: CommandContext) throws(Failure) -> CInt {
        let loaded = try context.configuration()
        guard let image = loaded.images.last else { return 1 }
        let cancellation = try BuildVerb.watchSignals()
        let query = PackageQuery(
            image: image,
            catalogue: context.plugins,
            environment: context.buildEnvironment(cancellation),
            variables: context.host.environment
        )
        try context.output.write(try query.latestSnapshot() + "\n")
        return 0
    }
}

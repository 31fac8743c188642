import Support

/// Verbs that are not implemented yet.
///
/// Their names, arguments and options are parsed already, so that the error message says so.
enum PlannedVerbs {
    static let all: [VerbDescription] = [
        planned("ssh", .command, usage: "[ARGUMENT…] [-- OPTION…]", "Log in to the running virtual machine"),
        planned("sysupdate", usage: "[-- ARGUMENT…]", "Update from the output directory with systemd-sysupdate"),
        planned(
            "box",
            .command,
            usage: "[COMMAND…] [-- OPTION…]",
            "Run a command in the environment of the tools"
        )
        .aliases("sandbox"),
        building("burn", usage: "DEVICE", "Write the image to a block device").completes(.files),
    ]

    /// A verb that builds the image first.
    private static func building(
        _ name: String,
        _ arguments: VerbDescription.Arguments = .words,
        usage: String = "",
        _ help: String
    ) -> VerbDescription {
        planned(name, arguments, usage: usage, help).options(SharedOptions.building)
    }

    private static func planned(
        _ name: String,
        _ arguments: VerbDescription.Arguments = .words,
        usage: String = "",
        _ help: String
    ) -> VerbDescription {
        var description = VerbDescription(name, arguments, usage: usage, help)
        description.isPlanned = true
        description.isDropIn = true
        return description
    }

    /// The sentence that running one of them gives.
    static func refusal(_ verb: VerbDescription) -> Failure {
        Failure(.missing, "mkosi \(verb.name) is not implemented yet")
    }
}

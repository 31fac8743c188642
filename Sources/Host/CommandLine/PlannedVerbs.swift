import Support

/// Verbs that have a meaning and cannot be carried out yet.
///
/// They are known, so that nobody is told that they do not exist, and so that their arguments are read as they will be.
enum PlannedVerbs {
    static let all: [VerbDescription] = [
        planned("boot", usage: "[ARGUMENT…] [-- OPTION…]", "Boot the image in a container"),
        planned("vm", usage: "[ARGUMENT…] [-- OPTION…]", "Boot the image in a virtual machine").aliases("qemu"),
        planned("ssh", usage: "[ARGUMENT…] [-- OPTION…]", "Log in to the running virtual machine"),
        planned("journalctl", usage: "[-- ARGUMENT…]", "Read the journal of the image"),
        planned("coredumpctl", usage: "[-- ARGUMENT…]", "Look at core dumps in the image"),
        planned("sysupdate", usage: "[-- ARGUMENT…]", "Update from the output directory with systemd-sysupdate"),
        planned("box", usage: "[COMMAND…] [-- OPTION…]", "Run a command in the environment of the other verbs")
            .aliases("sandbox"),
        planned("serve", .none, "Serve the output directory over HTTP"),
        planned("burn", usage: "DEVICE", "Write the image to a block device").completes(.files),
        planned("genkey", .none, "Make keys and certificates for Secure Boot and SSH"),
    ]

    private static func planned(
        _ name: String,
        _ arguments: VerbDescription.Arguments = .words,
        usage: String = "",
        _ help: String
    ) -> VerbDescription {
        var description = VerbDescription(name, arguments, usage: usage, help)
        description.isPlanned = true
        return description
    }

    /// The sentence that running one of them gives.
    static func refusal(_ verb: VerbDescription) -> Failure {
        Failure(.missing, "mkosi \(verb.name) cannot be done yet by this version")
    }
}

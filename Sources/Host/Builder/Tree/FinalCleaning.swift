import TreeWire

/// The files that no image needs from the time when it was made, whatever made them.
enum FinalCleaning {
    static let edits: [TreeEdit] = [
        // Seeds and identities must not be shared by all that boot the image.
        TreeEdit(.remove, "/var/lib/systemd/random-seed"),
        TreeEdit(.remove, "/var/lib/systemd/credential.secret"),
        // Left over by services that ran while packages were configured.
        TreeEdit(.remove, "/run/*"),
        TreeEdit(.remove, "/tmp/*"),
        TreeEdit(.remove, "/var/tmp/*"),
        TreeEdit(.remove, "/var/log/journal/*"),
        TreeEdit(.remove, "/root/.bash_history"),
        TreeEdit(.remove, "/.autorelabel"),
        TreeEdit(.remove, "/etc/.pwd.lock"),
        TreeEdit(.remove, "/etc/.updated"),
        TreeEdit(.remove, "/var/.updated"),
    ]
}

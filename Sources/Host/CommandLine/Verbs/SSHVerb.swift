import Builder
import Configuration
import Execution
import Glibc
import Runtime
import Support
import System

/// `mkosi ssh`: logs in to the running virtual machine.
enum SSHVerb: VerbCommand {
    static var description: VerbDescription {
        VerbDescription("ssh", .command, usage: "[COMMAND…]", "Log in to the running virtual machine")
            .details(
                """
                mkosi vm with RuntimeNetwork=user forwards a port of this host to the SSH server of the machine, and passes the public key of \
                SshCertificate= to it as the credential ssh.authorized_keys.root, which systemd 252 and later install for root. This verb \
                connects as root with SshKey=. The exit status is that of the command.
                """,
                "Use the same configuration as for mkosi vm; --machine= names another machine."
            )
            .example("mkosi ssh -- systemctl is-system-running")
            .dropIn()
    }

    static func run(_ context: CommandContext) throws(Failure) -> CInt {
        let cancellation = try BuildVerb.watchSignals()
        let loaded = try context.configuration()
        guard let image = loaded.images.last else { return 0 }
        guard let key = image[.sshKey] else {
            throw Failure(
                .configuration,
                "mkosi ssh needs a private key, and SshKey= is not set",
                hint: "mkosi genkey makes mkosi.key and mkosi.crt, which are used by default"
            )
        }
        // Without the network of QEMU the port of a running machine is not forwarded, and another user may listen on it.
        guard image[.runtimeNetwork] == "user" else {
            throw Failure(
                .configuration,
                "mkosi ssh needs RuntimeNetwork=user, and RuntimeNetwork=\(image[.runtimeNetwork]) forwards no port",
                hint: "Set by \(image.origin(of: .runtimeNetwork))"
            )
        }
        let output = OutputLink.output(at: Paths.join(image.outputDirectory, image.outputFileName))
        let port = try MachineRegistration.port(of: image[.machine] ?? image[.output], image: output)
        let program = try context.programs(of: image).named("ssh")
        // The machine makes a new host key for each of its copies, and only this user's mkosi is behind the port.
        let options = [
            "StrictHostKeyChecking=no", "UserKnownHostsFile=/dev/null", "LogLevel=ERROR", "IdentitiesOnly=yes",
            "PreferredAuthentications=publickey",
        ]
        let arguments =
            ["-F", "none", "-i", key, "-p", "\(port)"] + options.flatMap { ["-o", $0] } + ["root@127.0.0.1"]
        let process = ForegroundProgram(
            program,
            arguments + context.invocation.arguments.drop { $0 == "--" },
            environment: context.host.ownVariables
        )
        return try process.status(cancellation: cancellation)
    }
}

import Runtime
import Testing

/// The command line of systemd-nspawn as a value.
@Suite
struct ContainerArgumentsTests {
    private static func arguments(boots: Bool, _ change: (inout ContainerArguments) -> Void) -> [String] {
        var arguments = ContainerArguments(root: .directory("/out/image"), machine: "box", boots: boots)
        change(&arguments)
        return arguments.arguments
    }

    @Test func commandsAndSystems() {
        let shell = Self.arguments(boots: false) { $0.words = ["id", "--user"] }
        #expect(shell.suffix(3) == ["--", "id", "--user"] && shell.contains("--directory=/out/image"))
        #expect(shell.contains("--console=autopipe") && !shell.contains("--boot") && shell.contains("--machine=box"))
        let system = Self.arguments(boots: true) { $0.words = ["systemd.unit=rescue.target"] }
        #expect(system.suffix(3) == ["--boot", "--", "systemd.unit=rescue.target"])
        #expect(!system.contains("--console=autopipe"))
        // Settings that a script has left next to the image are not used.
        #expect(system.contains("--settings=no"))
    }

    @Test("Each setting has its options")
    func settings() {
        #expect(Self.arguments(boots: true) { $0.isEphemeral = true }.contains("--volatile=overlay"))
        #expect(Self.arguments(boots: true) { $0.network = "none" }.contains("--private-network"))
        #expect(Self.arguments(boots: true) { $0.network = "interface" }.contains("--network-veth"))
        #expect(Self.arguments(boots: true) { $0.console = "read-only" }.contains("--console=read-only"))
        #expect(Self.arguments(boots: true) { $0.user = "me" }.contains("--bind-user=me"))
        #expect(
            Self.arguments(boots: true) { $0.credentials = [("a.b", "/run/c")] }.contains(
                "--load-credential=a.b:/run/c"
            )
        )
        let mount = ContainerArguments.Mount(source: "/a:b\\c", target: "/root/src/x")
        #expect(
            Self.arguments(boots: false) { $0.mounts = [mount] }.contains(
                #"--bind=/a\:b\\c:/root/src/x:norbind,noidmap"#
            )
        )
        let mapped = Self.arguments(boots: false) {
            $0.mounts = [mount]
            $0.mapsUsers = true
        }
        #expect(mapped.contains("--private-users=pick") && mapped.contains { $0.hasSuffix("norbind,rootidmap") })
        #expect(Self.arguments(boots: true) { $0.registers = true }.contains("--register=yes"))
        #expect(Self.arguments(boots: true) { $0.hasUnit = true }.contains("--keep-unit") == false)
        let chosen = Self.arguments(boots: true) { $0.hasSettings = true }
        #expect(chosen.contains("--settings=trusted") && chosen.contains("--hostname=box"))
        #expect(Self.arguments(boots: false) { $0.extra = ["--read-only"] }.contains("--read-only"))
    }
}

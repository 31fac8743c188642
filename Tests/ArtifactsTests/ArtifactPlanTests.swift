import Artifacts
import ByteKeys
import PluginWire
import Support
import Testing

/// Which artifacts are made, in which order, and what each gets.
@Suite struct ArtifactPlanTests {
    private static func kind(
        _ name: String,
        needs: [String]? = nil,
        optional: [String]? = nil,
        per: String? = nil,
        facts: [String]? = nil
    ) -> ABI.V1.ArtifactDescription {
        var kind = ABI.V1.ArtifactDescription(kind: name)
        (kind.needs, kind.optional, kind.per, kind.facts) = (needs, optional, per, facts)
        return kind
    }

    private static func closure(
        _ needs: [String],
        optional: [String] = [],
        _ makers: [ABI.V1.ArtifactDescription]
    ) throws(Failure) -> ArtifactClosure {
        let request = ArtifactRequest(title: "the format crate", needs: needs, optional: optional)
        return try ArtifactClosure(of: [request], known: makers.map(\.kind).sorted()) { kind in
            makers.first { $0.kind == kind }
        }
    }

    private static let boot = [
        kind("uki", needs: ["kernel"], optional: ["initrd", "microcode"], per: "kernel"),
        kind("initrd", needs: ["base", "modules"], per: "kernel"), kind("base"), kind("modules", per: "kernel"),
        kind("addon", per: "profile"), kind("unused"),
    ]

    private static let kernels = ["6.12.1", "6.1.0"].map {
        ABI.V1.Kernel(version: $0, image: "/usr/lib/modules/\($0)/vmlinuz")
    }

    @Test func onlyWhatIsAskedForIsMadeAndInOrder() throws {
        let closure = try Self.closure(["uki"], optional: ["addon", "nothing"], Self.boot)
        #expect(closure.kinds.map(\.kind) == ["kernel", "base", "modules", "initrd", "uki", "addon"])
        #expect(try Self.closure([], Self.boot).isEmpty)
    }

    @Test func eachKernelHasItsOwn() throws {
        let closure = try Self.closure(["uki", "addon"], Self.boot)
        let profile = ABI.V1.KernelProfile(id: "rescue", keys: [:], commandLine: [], signsExpectedPcr: true)
        let plan = ArtifactPlan(closure, kernels: Self.kernels, profiles: [profile])
        #expect(
            plan.items.map(\.name) == [
                "artifact-kernel-6.12.1", "artifact-kernel-6.1.0", "artifact-base", "artifact-modules-6.12.1",
                "artifact-modules-6.1.0", "artifact-initrd-6.12.1", "artifact-initrd-6.1.0", "artifact-uki-6.12.1",
                "artifact-uki-6.1.0", "artifact-addon-rescue",
            ]
        )
        let last = try #require(plan.items.first { $0.name == "artifact-uki-6.1.0" })
        #expect(last.inputs.map { plan.items[$0].name } == ["artifact-kernel-6.1.0", "artifact-initrd-6.1.0"])
        #expect(last.title == "uki for 6.1.0")
        #expect(plan.levels == [[0, 1, 2, 3, 4, 9], [5, 6], [7, 8]])
        #expect(plan.indices(of: ["uki", "uki"]).count == 2)
    }

    @Test func withoutKernelsNothingIsMadePerKernel() throws {
        let plan = ArtifactPlan(try Self.closure(["uki", "base"], Self.boot))
        #expect(plan.items.map(\.name) == ["artifact-base"])
        #expect(ArtifactPlan(try Self.closure([], Self.boot)).levels.isEmpty)
    }

    @Test func anArtifactOfTheImageGetsThoseOfAllKernels() throws {
        let makers = [Self.kind("menu", needs: ["uki"]), Self.kind("uki", per: "kernel")]
        let plan = ArtifactPlan(try Self.closure(["menu"], makers), kernels: Self.kernels)
        #expect(plan.items.last?.inputs == [0, 1])
    }

    @Test("a kind about which another one gets facts is made first, and only where it is made anyway")
    func facts() throws {
        let makers = [Self.kind("uki", needs: ["kernel"], per: "kernel", facts: ["parts"]), Self.kind("parts")]
        #expect(try Self.closure(["uki"], makers).kinds.map(\.kind) == ["kernel", "uki"])
        let closure = try Self.closure(["uki", "parts"], makers)
        #expect(closure.kinds.map(\.kind) == ["parts", "kernel", "uki"])
        let plan = ArtifactPlan(closure, kernels: Self.kernels)
        #expect(plan.items.last?.stated == [0])
        #expect(plan.items.last?.inputs == [2])
        #expect(plan.levels == [[0, 1, 2], [3, 4]])
        #expect(!plan.isNeeded(0) && plan.isNeeded(1))
        let circle = [Self.kind("a", facts: ["b"]), Self.kind("b", needs: ["a"])]
        let failure = try #require(throws: Failure.self) { try Self.closure(["a", "b"], circle) }
        #expect(failure.message == "Artifacts need each other: a → b → a")
    }

    @Test func aMissingMakerIsNamedWithWhoAsks() throws {
        let failure = try #require(throws: Failure.self) { try Self.closure(["fit"], Self.boot) }
        #expect(failure.message == "The format crate needs the artifact fit, which no installed plugin makes")
        #expect(
            failure.hint
                == "Install a plugin that makes it; installed plugins make addon, base, initrd, modules, uki, unused"
        )
        let inner = try #require(throws: Failure.self) { try Self.closure(["a"], [Self.kind("a", needs: ["b"])]) }
        #expect(inner.message == "The artifact a needs the artifact b, which no installed plugin makes")
    }

    @Test func aCircleIsShown() throws {
        let makers = [
            Self.kind("a", needs: ["b"]), Self.kind("b", optional: ["c"]), Self.kind("c", needs: ["a"]),
        ]
        let failure = try #require(throws: Failure.self) { try Self.closure(["a"], makers) }
        #expect(failure.message == "Artifacts need each other: a → b → c → a")
        let own = try #require(throws: Failure.self) { try Self.closure(["d"], [Self.kind("d", needs: ["d"])]) }
        #expect(own.message == "Artifacts need each other: d → d")
    }

    @Test func kernelsAreSortedByTheirVersions() {
        let images = ["6.9.0", "6.10.0", "5.10.0-8"].map { "/usr/lib/modules/\($0)/vmlinuz" }
        let kernels = InstalledKernels.sorted(images + ["/usr/lib/modules/6/a/vmlinuz", "/boot/vmlinuz"])
        #expect(kernels.map(\.version) == ["6.10.0", "6.9.0", "5.10.0-8"])
        #expect(kernels.first?.image == "/usr/lib/modules/6.10.0/vmlinuz")
    }
    @Test("A kernel without an image among its modules is found in /boot, where other distributions keep it")
    func kernelsOfBoot() {
        let images = ["/boot/vmlinuz-6.9.0", "/boot/vmlinuz-6.10.0", "/usr/lib/modules/6.9.0/vmlinuz"]
        let kernels = InstalledKernels.sorted(images)
        #expect(kernels.map(\.image) == ["/boot/vmlinuz-6.10.0", "/usr/lib/modules/6.9.0/vmlinuz"])
        #expect(kernels.map(\.version) == ["6.10.0", "6.9.0"])
    }
}

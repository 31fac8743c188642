import Testing

@testable import Builder

/// Which changes of a layer are not where a boot loader may write.
@Suite struct TreeConfinementTests {
    @Test func directoriesOnTheWayAndWhatIsBelowAreAllowed() {
        let allowed = ["/efi", "/boot", "/usr/lib/latch"]
        let changed = ["/boot", "/efi", "/efi/loader", "/usr", "/usr/lib", "/usr/lib/latch", "/usr/lib/latch/x"]
        #expect(TreeConfinement.foreign(changed, allowed).isEmpty)
        let foreign = ["/etc", "/bootloader", "/usr/lib/latch2", "/usr/share"]
        #expect(TreeConfinement.foreign(changed + foreign, allowed) == foreign)
        #expect(TreeConfinement.foreign(["/usr"], ["/efi", "/boot"]) == ["/usr"])
    }
}

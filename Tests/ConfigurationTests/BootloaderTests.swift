import PluginWire
import Testing

@testable import Configuration

/// The values of `Bootloader=` and `BiosBootloader=`, which plugins provide.
@Suite struct BootloaderTests {
    @Test func installedPluginsProvideTheValues() throws {
        let registry = Registry(catalogue: PluginFacts(manifests: try BootloaderManifests.read()))
        let uefi = try #require(registry.setting(named: "Bootloader"))
        let bios = try #require(registry.setting(named: "BiosBootloader"))
        guard case .choice(let names, _, _) = uefi.kind, case .choice(let biosNames, _, _) = bios.kind else {
            Issue.record("the settings are no choices")
            return
        }
        #expect(Set(names).isSuperset(of: ["none", "systemd-boot", "uki", "grub", "grub-signed"]))
        #expect(biosNames == ["none", "grub"])
    }

    @Test func withoutPluginsThereIsNone() throws {
        let registry = Registry(catalogue: PluginFacts(manifests: []))
        guard case .choice(let names, _, _)? = registry.setting(named: "Bootloader")?.kind else {
            Issue.record("the setting is no choice")
            return
        }
        #expect(names == ["none"])
    }
}

import PluginWire

extension InstalledPlugin {
    /// The names of all settings whose values the plugin may get.
    public var givenSettings: Set<String> {
        [
            ABI.V1.Assemble.method, ABI.V1.MakeArtifact.method, ABI.V1.InstallBootloader.method,
            ABI.V1.Configure.method,
        ].reduce(into: []) { $0.formUnion(declaredSettings(for: $1)) }
    }

    /// The names of all settings that the plugin declares for what a method is about.
    func declaredSettings(for method: String) -> Set<String> {
        let provides = manifest.provides
        let lists: [[String]?] =
            switch method {
            case ABI.V1.Assemble.method, ABI.V1.CheckFormat.method: (provides.formats ?? []).map(\.settings)
            case ABI.V1.MakeArtifact.method: (provides.artifacts ?? []).map(\.settings)
            case ABI.V1.InstallBootloader.method: (provides.bootloaders ?? []).map(\.settings)
            default: (provides.distributions ?? []).map(\.settings) + [ServicePolicy.settingsOfDistributions]
            }
        return Set(lists.flatMap { $0 ?? [] })
    }
}

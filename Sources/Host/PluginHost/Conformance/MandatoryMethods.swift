import PluginWire

/// The methods without which a plugin cannot be used in a build.
enum MandatoryMethods {
    static func of(_ provides: ABI.V1.Description) -> [String] {
        var methods: [String] = []
        if provides.distributions?.contains(where: { $0.custom != true }) == true {
            methods += [ABI.V1.Configure.method, ABI.V1.Resolve.method, ABI.V1.Install.method, ABI.V1.Inspect.method]
        }
        if provides.formats?.isEmpty == false { methods.append(ABI.V1.Assemble.method) }
        if provides.artifacts?.isEmpty == false { methods.append(ABI.V1.MakeArtifact.method) }
        if provides.bootloaders?.isEmpty == false { methods.append(ABI.V1.InstallBootloader.method) }
        return methods
    }
}

import BootKit
public import ByteKeys

extension ImageConfiguration {
    /// The variables that every script finds, whatever it is for.
    ///
    /// Those that only some scripts find are added by who runs them.
    public var scriptVariables: ByteDictionary<String> {
        let architecture = self[.architecture]
        var variables = environment
        variables["ARCHITECTURE"] = architecture
        variables["EFI_ARCHITECTURE"] = FirmwareArchitecture.suffix(of: architecture)
        variables["DISTRIBUTION"] = self[.distribution]
        variables["DISTRIBUTION_ARCHITECTURE"] = localArchitecture
        variables["RELEASE"] = self[.release]
        variables["PROFILES"] = self[.profiles].joined(separator: ",")
        variables["IMAGE_ID"] = self[.imageID]
        variables["IMAGE_VERSION"] = self[.imageVersion]
        variables["SRCDIR"] = directory
        return variables
    }

    /// The name of the image's architecture in the emulator of virtual machines.
    public var emulatorArchitecture: String {
        let architecture = self[.architecture]
        return Architecture.emulatorNames[architecture] ?? architecture
    }
}

extension Architecture {
    /// The names of those that the emulator calls otherwise.
    static let emulatorNames = [
        "arm64": "aarch64", "mips-le": "mipsel", "mips64-le": "mips64el", "parisc": "hppa", "ppc64-le": "ppc64",
        "x86": "i386", "x86-64": "x86_64",
    ]
}

public import PluginWire

/// The unified kernel images that a boot loader starts, by `UnifiedKernelImages=` and `Bootloader=`.
public struct UnifiedChoice: Codable, Sendable {
    /// True if only what the distribution has built and signed is installed.
    public var isSigned: Bool
    /// True if kernels are never installed as they are.
    public var isRequired: Bool
    /// True if the boot loader starts nothing else.
    private var isOnly: Bool
    private var isNone: Bool

    /// - Parameters:
    ///   - loader: The value of `Bootloader=`; those that end with `-signed` take the distribution's programs only.
    ///   - setting: The value of `UnifiedKernelImages=`.
    public init(loader: String, setting: String?) {
        let isSignedLoader = loader.hasSuffix("-signed")
        isNone = setting == "none"
        isOnly = loader == "uki" || loader == "uki-signed"
        isSigned = isSignedLoader && setting != "unsigned"
        isRequired = isOnly || !isNone && (isSigned || setting == "signed" || setting == "unsigned")
    }

    /// The kind of the artifacts that are installed; nil if kernels are installed as they are.
    public var kind: String? { isNone && !isOnly ? nil : isSigned ? "signed-uki" : "uki" }

    /// Returns the error for a missing image: `notFound` if the image itself is what firmware starts.
    ///
    /// - Parameter version: The kernel; nil for the newest one.
    /// - Returns: An error that says how to get one.
    public func missing(kernel version: String?) -> ErrorObject {
        let kernel = version.map { " for \($0)" } ?? ""
        if isSigned {
            return ErrorObject(
                code: isOnly ? .notFound : .commandFailed,
                message: "the image has no unified kernel image\(kernel) that is signed by its distribution",
                hint: "Add its package to Packages=, or set UnifiedKernelImages=unsigned to build one"
                    + (isOnly ? "" : ", or UnifiedKernelImages=none to install kernels as they are")
            )
        }
        if isOnly {
            return ErrorObject(
                code: .notFound,
                message: "no unified kernel image was made\(kernel), and Bootloader=uki has nothing else to start",
                hint: isNone
                    ? "Set UnifiedKernelImages=auto"
                    : "Images are made of the stub linux*.efi.stub: add the package that has it to Packages=, which is "
                        + "systemd-boot-efi, systemd-boot-unsigned or systemd"
            )
        }
        return ErrorObject(
            code: .commandFailed,
            message: "no unified kernel image was made\(kernel)",
            hint: "With UnifiedKernelImages=auto kernels are installed as they are"
        )
    }
}

public import PluginWire

/// A kernel with what was made for it, as the tools of boot loaders get it.
public struct InstalledKernel: Codable, Sendable {
    public var version: String
    /// The file of the kernel itself.
    public var image: String?
    /// The file of its unified kernel image.
    public var unified: String?
    /// Archives in the order in which the kernel unpacks them.
    public var initrds: [String]
}

extension ABI.V1.InstallBootloader {
    /// The kernels with their artifacts, in the order of the request.
    ///
    /// - Parameter choice: Which unified kernel images are installed.
    /// - Returns: The kernels.
    public func installedKernels(_ choice: UnifiedChoice) -> [InstalledKernel] {
        kernels.map { kernel in
            func paths(_ kind: String) -> [String] {
                artifacts.filter { $0.kind == kind && ($0.kernel == nil || $0.kernel == kernel.version) }.map(\.path)
            }
            return InstalledKernel(
                version: kernel.version,
                image: paths("kernel").first,
                unified: choice.kind.flatMap { paths($0).first },
                initrds: paths("microcode") + paths("initrd")
            )
        }
    }
}

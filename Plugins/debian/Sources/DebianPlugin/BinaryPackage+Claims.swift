import DistributionKit

extension BinaryPackage: UnpackingPackage {
    var filePath: String { file.path }
    var size: Int { file.size }

    /// One package for several architectures (deb-control(5), `Multi-Arch: same`).
    func sharesFiles(with other: BinaryPackage) -> Bool { name == other.name && control["Multi-Arch"] == "same" }
}

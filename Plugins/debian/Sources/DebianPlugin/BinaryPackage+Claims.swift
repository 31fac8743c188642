import DistributionKit

extension BinaryPackage: ClaimingPackage {
    var filePath: String { file.path }

    /// One package for several architectures (deb-control(5), `Multi-Arch: same`).
    func sharesFiles(with other: BinaryPackage) -> Bool { name == other.name && control["Multi-Arch"] == "same" }
}

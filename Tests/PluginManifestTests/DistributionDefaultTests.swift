import PluginWire
import Testing

/// The packages and names that distributions use by default; the last column says where a row is from.
@Suite struct DistributionDefaultTests {
    /// Distribution, file system, architecture in its own words for x86-64, base packages, one kernel package, source.
    private static let rows = [
        ("debian", "ext4", "amd64", "?essential ?exact-name(usr-is-merged)", "linux-image-*", "Debian policy 3.8"),
        ("ubuntu", "ext4", "amd64", "?essential ?exact-name(usr-is-merged)", "linux-image-*", "Debian policy 3.8"),
        ("kali", "ext4", "amd64", "?essential ?exact-name(usr-is-merged)", "linux-image-*", "Debian policy 3.8"),
        ("fedora", "btrfs", "x86_64", "basesystem", "kernel-core", "Fedora changes, BtrfsByDefault"),
        ("centos", "xfs", "x86_64", "basesystem", "kernel-core", "RHEL, Managing file systems"),
        ("rhel", "xfs", "x86_64", "basesystem", "kernel-core", "RHEL, Managing file systems"),
        ("rhel-ubi", "xfs", "x86_64", "basesystem", "kernel-core", "RHEL, Managing file systems"),
        ("rocky", "xfs", "x86_64", "basesystem", "kernel-core", "RHEL, Managing file systems"),
        ("alma", "xfs", "x86_64", "basesystem", "kernel-core", "RHEL, Managing file systems"),
        ("azure", "ext4", "x86_64", "filesystem", "kernel", "mkosi(1), Distribution="),
        ("mageia", "ext4", "x86_64", "filesystem", "kernel-desktop-latest", "mkosi(1), Distribution="),
        ("openmandriva", "ext4", "x86_64", "filesystem", "kernel-desktop", "mkosi(1), Distribution="),
        ("opensuse", "btrfs", "x86_64", "filesystem", "kernel-default", "openSUSE, Btrfs as default"),
        ("arch", "ext4", "x86_64", "filesystem", "linux", "Arch wiki, Kernel"),
        ("postmarketos", "ext4", "x86_64", "postmarketos-baselayout postmarketos-release", "linux-lts", "pmaports"),
        ("alpine", "ext4", "x86_64", "alpine-baselayout alpine-release", "linux-lts", "Alpine wiki, Kernels"),
    ]

    @Test func defaultsAreThoseOfTheTable() throws {
        for row in Self.rows {
            let distribution = try Shipped.distribution(row.0)
            #expect(distribution.fileSystem == row.1, "\(row)")
            #expect(distribution.architectures["x86-64"] == row.2, "\(row)")
            #expect(distribution.packageSets?["base"]?.joined(separator: " ") == row.3, "\(row)")
            #expect(distribution.kernelPackages?.contains(row.4) == true, "\(row)")
        }
        let names = Set(Shipped.distributions.filter { $0.custom != true }.map(\.name))
        #expect(Set(Self.rows.map(\.0)) == names)
    }
}

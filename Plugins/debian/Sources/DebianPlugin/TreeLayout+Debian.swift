import DistributionKit

extension TreeLayout {
    /// The directories of the root that are links in a tree of this architecture, in Debian's name for it.
    static func links(for architecture: String) -> [String] {
        // The directory of the dynamic loader, where it is none of the usual ones.
        let needsLib64 = ["amd64", "ppc64", "ppc64el", "loong64", "sparc64", "mips64el"].contains(architecture)
        return ["bin", "sbin", "lib"] + (needsLib64 ? ["lib64"] : [])
    }
}

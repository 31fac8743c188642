internal import CShims
internal import Glibc
internal import System

extension Descriptor {
    /// Returns the file at a path of the host on which there are no links, as an O_PATH descriptor; nil if nothing is
    /// there.
    static func withoutLinks(_ path: String) throws(SandboxError) -> Descriptor? {
        let result = mkosi_open_without_links(path)
        if result == -ENOENT || result == -ENOTDIR { return nil }
        try SystemCall.check(
            result,
            "openat2",
            path,
            while: result == -ELOOP
                ? "Cannot use a path that leads through a symbolic link, which --guard refuses"
                : "Cannot open a path of the host"
        )
        return Descriptor(owning: result)
    }
}

import Glibc

/// libselinux, loaded when labels are needed: hosts without SELinux need not have it.
///
/// The calls are described in selabel_open(3) and selabel_lookup(3).
struct LabelLibrary: Sendable {
    typealias Open = @convention(c) (CUnsignedInt, UnsafeRawPointer?, CUnsignedInt) -> UnsafeMutableRawPointer?
    typealias Close = @convention(c) (UnsafeMutableRawPointer) -> Void
    typealias LookUp =
        @convention(c) (
            UnsafeMutableRawPointer, UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>, UnsafePointer<CChar>, CInt
        ) -> CInt
    typealias Free = @convention(c) (UnsafeMutablePointer<CChar>?) -> Void

    let open: Open
    let close: Close
    let lookUp: LookUp
    let free: Free

    /// The name by which the dynamic linker finds it.
    static let name = "libselinux.so.1"

    /// The library; nil where it is not installed.
    ///
    /// It is never unloaded.
    static let shared: LabelLibrary? = {
        guard let handle = dlopen(name, RTLD_NOW | RTLD_LOCAL),
            let open = dlsym(handle, "selabel_open"), let close = dlsym(handle, "selabel_close"),
            let lookUp = dlsym(handle, "selabel_lookup_raw"), let free = dlsym(handle, "freecon")
        else { return nil }
        return LabelLibrary(
            open: unsafeBitCast(open, to: Open.self),
            close: unsafeBitCast(close, to: Close.self),
            lookUp: unsafeBitCast(lookUp, to: LookUp.self),
            free: unsafeBitCast(free, to: Free.self)
        )
    }()
}

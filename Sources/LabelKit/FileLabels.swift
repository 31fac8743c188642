import Glibc
public import System

/// The SELinux labels that a policy gives to paths.
///
/// libselinux reads file_contexts(5) with its additions (`.subs_dist`, `.subs`, `.homedirs`, `.local`) and its compiled
/// form, and matches the regular expressions as setfiles(8) does.
public final class FileLabels: Sendable {
    private let handle: Monitor<Handle>
    /// True if an error is one of the build.
    public let isRequired: Bool

    /// SELABEL_CTX_FILE and SELABEL_OPT_PATH of selinux/label.h.
    private static let filesBackend: CUnsignedInt = 0
    private static let pathOption: CInt = 3

    /// An open selabel handle, which is closed with its owner.
    private final class Handle: @unchecked Sendable {
        // Safe to share: it is used only while the monitor around it is locked.
        let library: LabelLibrary
        let raw: UnsafeMutableRawPointer

        init(_ library: LabelLibrary, _ raw: UnsafeMutableRawPointer) {
            self.library = library
            self.raw = raw
        }

        deinit { library.close(raw) }
    }

    /// Opens the labels of a tree's policy.
    ///
    /// - Parameters:
    ///   - choice: `SELinuxRelabel=`.
    ///   - root: The directory that the tree is in.
    ///   - warn: Gets the reason if a tree with a policy is not labelled.
    /// - Returns: The labels; nil if none are put on files.
    /// - Throws: With `enabled`, the reason why there are none.
    public static func open(
        _ choice: LabelChoice,
        root: String,
        warn: (String) -> Void
    ) throws(LabelError) -> FileLabels? {
        if choice == .disabled { return nil }
        let policy: SecurityPolicy
        do throws(SecurityPolicy.Missing) {
            policy = try SecurityPolicy.find(inTree: root)
        } catch {
            if choice == .auto { return nil }
            throw LabelError(
                "SELinuxRelabel=yes: \(error.reason)",
                hint: "Install a policy in the image, such as selinux-policy-targeted, or set SELinuxRelabel=auto"
            )
        }
        do throws(LabelError) {
            return FileLabels(try openHandle(policy), isRequired: choice == .enabled)
        } catch {
            guard choice == .auto else { throw error }
            warn("Files are not labelled by the policy \(policy.type): \(error.message)")
            return nil
        }
    }

    private static func openHandle(_ policy: SecurityPolicy) throws(LabelError) -> Handle {
        guard let library = LabelLibrary.shared else {
            throw LabelError(
                "\(LabelLibrary.name) is not installed",
                hint: "Install libselinux on the host, or set SELinuxRelabel=no"
            )
        }
        let raw = policy.contexts.withCString { path in
            // struct selinux_opt { int type; const char *value; }
            withUnsafePointer(to: (pathOption, path)) { library.open(filesBackend, $0, 1) }
        }
        guard let raw else {
            throw LabelError("Cannot read \(policy.contexts): \(String(cString: strerror(errno)))")
        }
        return Handle(library, raw)
    }

    private init(_ handle: Handle, isRequired: Bool) {
        self.handle = Monitor(handle)
        self.isRequired = isRequired
    }

    /// The label of a path.
    ///
    /// - Parameters:
    ///   - path: Absolute in the tree.
    ///   - mode: The type of the file, as in stat(2).
    /// - Returns: The value of `security.selinux`, with the zero at its end; nil if the policy has none for the path.
    /// - Throws: What libselinux reports, if labels are required.
    public func label(of path: BytePath, mode: UInt32) throws(SystemCallError) -> [UInt8]? {
        try handle.withLock { handle throws(SystemCallError) in
            var context: UnsafeMutablePointer<CChar>?
            let result = path.withCString {
                handle.library.lookUp(handle.raw, &context, $0, CInt(mode & UInt32(S_IFMT)))
            }
            let number = errno
            guard result == 0, let context else {
                if number == ENOENT || !isRequired { return nil }
                throw SystemCallError("selabel_lookup", path.string, errno: number)
            }
            defer { handle.library.free(context) }
            return Array(UnsafeRawBufferPointer(start: context, count: strlen(context) + 1))
        }
    }
}

/// An error that keeps files from being labelled.
public struct LabelError: Error, Sendable, Equatable {
    /// One sentence without its final full stop.
    public var message: String
    /// One more sentence: what the user can do.
    public var hint: String?

    init(_ message: String, hint: String? = nil) {
        self.message = message
        self.hint = hint
    }
}

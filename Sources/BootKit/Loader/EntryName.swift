/// The file name of a unified kernel image, by `UnifiedKernelImageFormat=`.
public struct EntryName: Sendable {
    public let text: String

    /// - Parameters:
    ///   - format: The setting; nil for the default.
    ///   - commandLine: That of the kernel.
    ///   - token: What entries begin with.
    ///   - version: The kernel's release.
    ///   - boot: The tree, whose `/etc/kernel/tries` says how often a new kernel is tried.
    /// - Throws: `input` for a specifier that does not exist, or a name that is no file name.
    public init(
        format: String?,
        commandLine: KernelCommandLine,
        token: String,
        version: String,
        in boot: BootDirectory
    ) throws(BootError) {
        // The digest of a verity partition tells images of one kernel apart.
        let digest = commandLine.rootHash
        let tries = boot.text(of: "/etc/kernel/tries")?.prefix { $0.isNumber }
        var pattern = format ?? "&e-&k"
        if format == nil {
            if digest != nil { pattern += "-&h" }
            if let tries, !tries.isEmpty { pattern += "+&c" }
        }
        var name = ""
        var rest = pattern[...]
        while let character = rest.popFirst() {
            guard character == "&" else {
                name.append(character)
                continue
            }
            switch rest.popFirst() {
            case "&": name.append("&")
            case "e": name += token
            case "k": name += version
            case "h": name += digest ?? ""
            case "c": name += tries ?? ""
            case let other:
                throw BootError(
                    .input,
                    "unknown specifier &\(other.map(String.init) ?? "") in UnifiedKernelImageFormat=\(pattern)",
                    hint: "The specifiers are &&, &e, &k, &h and &c"
                )
            }
        }
        guard name.isFileName, !name.isEmpty, name.utf8.count <= 250 else {
            throw BootError(.input, "\"\(name)\" is no file name for a unified kernel image")
        }
        text = name
    }
}

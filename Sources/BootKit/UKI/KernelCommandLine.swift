/// Words of a kernel's command line that are not for the kernel.
public enum KernelCommandLine {
    /// What stands for an identifier that is known only when the disk is made.
    private static let placeholders: Set = ["root=PARTUUID", "mount.usr=PARTUUID"]

    /// The first word that has to be replaced before the kernel gets it; nil where there is none.
    public static func placeholder(in words: [String]) -> String? { words.first(where: placeholders.contains) }
}

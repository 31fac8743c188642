/// The section `.sbat`, by which shim(1) refuses programs with known faults (SBAT.md of shim).
///
/// A line is one component: its name, its generation and four fields for people.
public enum RevocationTable {
    /// The name of the section.
    public static let section = ".sbat"

    /// The component that stands for unified kernel images.
    static let unified = Array(
        """
        sbat,1,SBAT Version,sbat,1,https://github.com/rhboot/shim/blob/main/SBAT.md
        uki,1,UKI,uki,1,https://uapi-group.org/specifications/specs/unified_kernel_image/

        """.utf8
    )

    /// The component that stands for addons of such images.
    static let addon = Array(
        """
        sbat,1,SBAT Version,sbat,1,https://github.com/rhboot/shim/blob/main/SBAT.md
        uki-addon,1,UKI Addon,addon,1,https://www.freedesktop.org/software/systemd/man/latest/systemd-stub.html

        """.utf8
    )

    /// The lines of all tables, with the line that names the format of the table once, and a NUL at the end.
    static func merged(_ tables: [[UInt8]]) -> [UInt8] {
        var lines: [String] = []
        for table in tables {
            let text = String(decoding: table.prefix { $0 != 0 }, as: UTF8.self)
            for line in text.split(separator: "\n").map(String.init) {
                if line.hasPrefix("sbat,"), lines.contains(where: { $0.hasPrefix("sbat,") }) { continue }
                lines.append(line)
            }
        }
        return Array((lines.joined(separator: "\n") + "\n\0").utf8)
    }
}

/// Licences of a package that states several.
public enum LicenseText {
    /// Joins licences that all apply, as an expression of SPDX (annex "SPDX license expressions"); nil for none.
    public static func joined(_ licenses: [String]) -> String? {
        var unique: [String] = []
        for license in licenses where !license.isEmpty && !unique.contains(license) { unique.append(license) }
        if unique.count < 2 { return unique.first }
        return unique.map { $0.contains(" ") ? "(\($0))" : $0 }.joined(separator: " AND ")
    }
}

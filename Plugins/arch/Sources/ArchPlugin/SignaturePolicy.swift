/// The meaning of `SigLevel=` (pacman.conf(5)).
struct SignaturePolicy: Sendable, Equatable {
    enum Check: Sendable {
        case never
        case optional
        case required
    }

    /// pacman's own default is `Optional`; for this program nothing but the user's word makes a check weaker.
    var packages = Check.required
    var databases = Check.optional

    /// Nothing is checked.
    static let none = SignaturePolicy(packages: .never, databases: .never)

    /// Applies the words of one value from left to right.
    mutating func apply(_ value: String) {
        for word in value.utf8.split(separator: UInt8(ascii: " ")) {
            var name = String(Substring(word))
            var (isPackage, isDatabase) = (true, true)
            if name.hasPrefix("Package") { (name, isDatabase) = (String(name.dropFirst(7)), false) }
            if name.hasPrefix("Database") { (name, isPackage) = (String(name.dropFirst(8)), false) }
            let check: Check
            switch name {
            case "Never": check = .never
            case "Optional": check = .optional
            case "Required": check = .required
            default: continue
            }
            if isPackage { packages = check }
            if isDatabase { databases = check }
        }
    }
}

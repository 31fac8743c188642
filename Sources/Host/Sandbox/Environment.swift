internal import CShims
internal import Glibc

/// The environment of the command: the inherited one, byte for byte, with some variables changed.
struct Environment {
    private var inherited: [UnsafeMutablePointer<CChar>] = []
    private var changed: [(name: String, value: String)] = []

    init(changes: [Plan.EnvironmentChange]) {
        var next = mkosi_environment()
        while let pointer = next?.pointee {
            inherited.append(pointer)
            next = next?.advanced(by: 1)
        }
        for change in changes {
            switch change {
            case .set(let name, let value): set(name, to: value)
            case .unset(let name): unset(name)
            }
        }
    }

    mutating func set(_ name: String, to value: String) {
        unset(name)
        changed.append((name, value))
    }

    mutating func unset(_ name: String) {
        inherited.removeAll { Self.value(in: $0, of: name) != nil }
        changed.removeAll { $0.name.utf8.elementsEqual(name.utf8) }
    }

    func value(of name: String) -> String? {
        if let found = changed.last(where: { $0.name.utf8.elementsEqual(name.utf8) }) {
            return found.value
        }
        return inherited.lazy.compactMap { Self.value(in: $0, of: name) }.first
    }

    private static func value(in entry: UnsafeMutablePointer<CChar>, of name: String) -> String? {
        let length = name.utf8.count
        guard strncmp(entry, name, length) == 0, entry[length] == CChar(UInt8(ascii: "=")) else { return nil }
        return String(cString: entry + length + 1)
    }

    /// The variables as execve(2) wants them; they live until the process ends.
    func pointers() -> [UnsafeMutablePointer<CChar>?] {
        inherited + changed.map { strdup($0.name + "=" + $0.value) } + [nil]
    }
}

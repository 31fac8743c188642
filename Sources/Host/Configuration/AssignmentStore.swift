import ByteKeys
import Synchronization

/// All assignments that were read so far, in three layers: files, local files, command line.
///
/// A later layer takes precedence over an earlier one regardless of reading order; collections are joined in this
/// order.
struct AssignmentStore: Sendable {
    enum Layer: Int, Sendable {
        case files
        case local
        case commandLine
    }

    private var layers: [[[Assignment]]]
    /// The final values of the settings that were asked for since: conditions of many files ask for the same.
    private var results: [Int: Remembered] = [:]

    private final class Remembered: Sendable {
        let value = Mutex<Value??>(nil)
    }

    init(count: Int) {
        layers = Array(repeating: Array(repeating: [], count: count), count: 3)
    }

    mutating func add(_ assignment: Assignment, to slot: Int, in layer: Layer) {
        layers[layer.rawValue][slot].append(assignment)
        // Copies of this store keep the earlier one.
        results[slot] = Remembered()
    }

    /// Every assignment to a setting, the weakest first.
    func assignments(of slot: Int) -> [Assignment] {
        layers[0][slot] + layers[1][slot] + layers[2][slot]
    }

    func isAssigned(_ slot: Int) -> Bool { layers.contains { !$0[slot].isEmpty } }

    /// Returns the final value; nil if nothing was assigned, or if the last assignment asks for the default.
    func value(of slot: Int, _ row: SettingDefinition) -> Value? {
        guard let result = results[slot] else { return nil }
        if let known = result.value.withLock({ $0 }) { return known }
        let value = computedValue(of: slot, row)
        result.value.withLock { $0 = .some(value) }
        return value
    }

    private func computedValue(of slot: Int, _ row: SettingDefinition) -> Value? {
        var value: Value?
        for layer in layers {
            for assignment in layer[slot] {
                switch assignment.change {
                case .set(let new): value = row.kind.chosen(between: value, and: new)
                case .append(let new):
                    if value == nil { value = new } else { value?.append(new) }
                case .reset: value = row.kind.emptyCollection
                }
            }
        }
        return value.map { row.kind.finished($0) }
    }
}

extension Value {
    /// Puts another collection behind this one; later entries of a dictionary win.
    mutating func append(_ other: Value) {
        switch other {
        case .list(let new):
            guard var old = taken(list) else { break }
            old += new
            return self = .list(old)
        case .trees(let new):
            guard var old = taken(trees) else { break }
            old += new
            return self = .trees(old)
        case .drives(let new):
            guard var old = taken(drives) else { break }
            old += new
            return self = .drives(old)
        case .kernelProfiles(let new):
            guard var old = taken(kernelProfiles) else { break }
            old += new
            return self = .kernelProfiles(old)
        case .credentials(let new):
            guard var old = taken(credentials) else { break }
            old += new
            return self = .credentials(old)
        case .dictionary(let new):
            guard var old = taken(dictionary) else { break }
            old.merge(new) { $1 }
            return self = .dictionary(old)
        default: break
        }
        self = other
    }

    /// Takes the elements out of here: while two hold them, each change would copy them all.
    private mutating func taken<Elements>(_ elements: Elements?) -> Elements? {
        self = .unset
        return elements
    }

    /// This collection with another one behind it.
    func joined(with other: Value) -> Value {
        var value = self
        value.append(other)
        return value
    }
}

extension ValueKind {
    /// A collection without elements; nil for single values.
    var emptyCollection: Value? {
        switch self {
        case .list(.tree, _): .trees([])
        case .list(.drive, _): .drives([])
        case .list(.kernelProfile, _): .kernelProfiles([])
        case .list(.credential, _): .credentials([])
        case .list: .list([])
        case .dictionary: .dictionary([:])
        default: nil
        }
    }

    /// Nothing, in the way of this kind.
    var nothing: Value {
        switch self {
        case .boolean: .bool(false)
        case .feature: .text(Feature.auto.rawValue)
        default: emptyCollection ?? .unset
        }
    }

    /// The value after a further assignment: the new one, but of two minimum versions the higher.
    func chosen(between old: Value?, and new: Value) -> Value {
        guard case .minimumVersion = self, let old = old?.text, let text = new.text else { return new }
        if old.hasPrefix(Self.commitPrefix) || text.hasPrefix(Self.commitPrefix) { return new }
        return VersionText.compare(old, text) > 0 ? .text(old) : new
    }

    /// The beginning of a minimum version that is a commit.
    static let commitPrefix = "commit:"

    /// Puts the elements of a whole collection in order.
    func finished(_ value: Value) -> Value {
        guard case .list(_, let rule) = self, rule.sortsPackages, case .list(let names) = value else { return value }
        // Names first, then paths, then conditional expressions, each by its bytes.
        func rank(_ name: String) -> Int { name.hasPrefix("(") ? 2 : name.hasPrefix("/") ? 1 : 0 }
        return .list(
            names.sorted { left, right in
                let ranks = (rank(left), rank(right))
                if ranks.0 != ranks.1 { return ranks.0 < ranks.1 }
                return left.utf8.lexicographicallyPrecedes(right.utf8)
            }
        )
    }
}

import ByteKeys
import PluginWire

/// Chooses packages out of indexes: the newest that satisfy all conditions, and what they need.
///
/// A choice that a later condition forbids is made again with that condition; nothing else is ever taken back, so there are
/// sets of packages that apk would find and this does not.
struct Solver {
    /// A package with the repository that has it.
    struct Candidate: Sendable {
        var record: IndexRecord
        var repository: Int
        /// True if the user put it there, so that newer versions of others do not matter.
        var isOwn = false
    }

    private var named: ByteDictionary<[Candidate]> = [:]
    private var providing: ByteDictionary<[(candidate: Candidate, version: String?)]> = [:]
    private var conditional: [Candidate] = []

    /// Takes packages in the order of their repositories; of equal ones the first is used.
    init(_ candidates: [Candidate]) {
        for candidate in candidates {
            let record = candidate.record
            named[record.name, default: []].append(candidate)
            for relation in record.provides {
                providing[relation.name, default: []].append((candidate, relation.version))
            }
            if !record.installIf.isEmpty { conditional.append(candidate) }
        }
        for name in named.keys.sorted() {
            // A stable sort by version alone: equal versions stay in the order of repositories.
            named[name] = (named[name] ?? []).enumerated().sorted { one, two in
                let (left, right) = (
                    PackageVersion(one.element.record.version), PackageVersion(two.element.record.version)
                )
                return left == right ? one.offset < two.offset : right < left
            }.map(\.element)
        }
    }

    /// The state of a run.
    private struct State {
        var chosen: ByteDictionary<Candidate> = [:]
        /// In the order in which they can be installed.
        var order: [Candidate] = []
    }

    /// Enough for any index; each attempt learns a condition.
    private static let mostAttempts = 1000

    /// The packages to add, in an order in which each comes after what it needs.
    ///
    /// `installed` are those of the tree, which satisfy conditions; `kept` are versions that are preferred.
    func solve(
        _ requests: [String],
        installed: [IndexRecord] = [],
        kept: ByteDictionary<String> = [:]
    ) throws(ErrorObject) -> (packages: [Candidate], requested: ByteSet) {
        var learned: [Relation] = []
        for _ in 0..<Self.mostAttempts {
            var state = State()
            var requested: ByteSet = []
            do throws(Setback) {
                for request in requests {
                    guard let relation = Relation(request) else { continue }
                    let name = try add(relation, for: nil, &state, learned, installed, kept)
                    if let name { requested.insert(name) }
                }
                try addConditional(&state, learned, installed, kept)
                try checkConflicts(state, installed)
                return (state.order, requested)
            } catch {
                switch error {
                case .condition(let relation): learned.append(relation)
                case .failure(let failure): throw failure
                }
            }
        }
        throw ErrorObject(code: .commandFailed, message: "the packages cannot be installed together")
    }

    private enum Setback: Error {
        /// A choice has to be made again under this condition.
        case condition(Relation)
        case failure(ErrorObject)
    }

    private func satisfies(_ record: IndexRecord, _ relation: Relation) -> Bool {
        if record.name == relation.name { return relation.allows(record.version) }
        return record.provides.contains { $0.name == relation.name && relation.allows($0.version) }
    }

    /// Adds what satisfies a relation, and returns the name of the package; nil if the tree has it.
    @discardableResult
    private func add(
        _ relation: Relation,
        for needing: String?,
        _ state: inout State,
        _ learned: [Relation],
        _ installed: [IndexRecord],
        _ kept: ByteDictionary<String>
    ) throws(Setback) -> String? {
        if let chosen = state.chosen[relation.name] {
            if relation.allows(chosen.record.version) { return relation.name }
            if learned.contains(relation) { throw .failure(unsatisfied(relation, needing)) }
            throw .condition(relation)
        }
        if let found = state.chosen.sorted().first(where: { satisfies($0.value.record, relation) }) { return found.key }
        if let found = installed.first(where: { satisfies($0, relation) }) { return needing == nil ? found.name : nil }
        let conditions = learned.filter { $0.name == relation.name } + [relation]
        let own = (named[relation.name] ?? []).filter { candidate in
            conditions.allSatisfy { $0.allows(candidate.record.version) }
        }
        let preferred = own.first { kept[$0.record.name] == $0.record.version } ?? own.first(where: \.isOwn)
        guard let candidate = preferred ?? own.first ?? provider(relation, kept) else {
            throw .failure(unsatisfied(relation, needing))
        }
        let record = candidate.record
        state.chosen[record.name] = candidate
        for dependency in record.dependencies where !dependency.isConflict {
            if satisfies(record, dependency) { continue }
            try add(dependency, for: record.name, &state, learned, installed, kept)
        }
        state.order.append(candidate)
        return record.name
    }

    /// The package that provides a name: the one with the highest priority, then with the highest version.
    private func provider(_ relation: Relation, _ kept: ByteDictionary<String>) -> Candidate? {
        let all = (providing[relation.name] ?? []).filter { relation.allows($0.version) }
        if let found = all.first(where: { kept[$0.candidate.record.name] == $0.candidate.record.version }) {
            return found.candidate
        }
        return all.enumerated().max { one, two in
            let (left, right) = (one.element.candidate.record, two.element.candidate.record)
            if left.priority != right.priority { return left.priority < right.priority }
            let (old, new) = (
                PackageVersion(one.element.version ?? ""), PackageVersion(two.element.version ?? "")
            )
            if old != new { return old < new }
            return one.offset > two.offset
        }?.element.candidate
    }

    /// Adds packages that are wanted as soon as others are there.
    private func addConditional(
        _ state: inout State,
        _ learned: [Relation],
        _ installed: [IndexRecord],
        _ kept: ByteDictionary<String>
    ) throws(Setback) {
        var isChanged = true
        while isChanged {
            isChanged = false
            for candidate in conditional where state.chosen[candidate.record.name] == nil {
                let all = state.order.map(\.record) + installed
                if installed.contains(where: { $0.name == candidate.record.name }) { continue }
                let isWanted = candidate.record.installIf.allSatisfy { relation in
                    all.contains { satisfies($0, relation) } != relation.isConflict
                }
                guard isWanted, let relation = Relation(candidate.record.name) else { continue }
                try add(relation, for: nil, &state, learned, installed, kept)
                isChanged = true
            }
        }
    }

    private func checkConflicts(_ state: State, _ installed: [IndexRecord]) throws(Setback) {
        let all = state.order.map(\.record) + installed.filter { state.chosen[$0.name] == nil }
        for record in all {
            for conflict in record.dependencies where conflict.isConflict {
                guard let other = all.first(where: { $0.name != record.name && satisfies($0, conflict) }) else {
                    continue
                }
                throw .failure(
                    ErrorObject(
                        code: .commandFailed,
                        message:
                            "these packages cannot be installed together: \(record.name) conflicts with \(other.name)",
                        hint: "Remove one of them from Packages=",
                        subject: record.name
                    )
                )
            }
        }
    }

    private func unsatisfied(_ relation: Relation, _ needing: String?) -> ErrorObject {
        let text = relation.name + (relation.comparison?.rawValue ?? "") + (relation.version ?? "")
        guard let needing else {
            return ErrorObject(
                code: .notFound,
                message: "there is no package \(text)",
                hint: "Check the spelling, Release= and Repositories=",
                subject: relation.name
            )
        }
        return ErrorObject(
            code: .commandFailed,
            message: "the package \(needing) needs \(text), which no repository has",
            hint: "Check Release= and Repositories=",
            subject: needing
        )
    }
}

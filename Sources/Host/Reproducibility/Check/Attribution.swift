import Builder
import ByteKeys
import ComparisonWire
import Configuration
import Support
import System

/// Leads differences of outputs back to the first step in which both builds differ.
struct Attribution {
    let image: ImageConfiguration
    let first: [StepRecord]
    let second: [StepRecord]
    /// Names of packages by path in the tree.
    let owners: ByteDictionary<[String]>
    /// True if all that is in the image was written down in both builds.
    let isComplete: Bool

    /// The culprit of each difference in an output that shows the tree, or is a file of its own.
    func findings(of differences: [Difference], in output: String) throws(Failure) -> [Finding] {
        var open: ByteDictionary<Set<Difference.Kind>> = [:]
        for difference in differences { open[difference.path, default: []].insert(difference.kind) }
        var culprits: ByteDictionary<StepRecord> = [:]
        for (record, other) in pairs where record.place != .outputs {
            if open.isEmpty { break }
            try RecordComparison(other.file, record.file).run { change in
                let path = change.path == "." ? "" : change.path
                guard let wanted = open[path], Self.explains(change.kinds, wanted) else { return }
                culprits[path] = record
                open[path] = nil
            }
        }
        // Of steps that kept nothing only the new build is known: who wrote the path last.
        if !isComplete, !open.isEmpty { culprits.merge(try lastWriters(of: ByteSet(open.keys))) { old, _ in old } }
        return differences.map { difference in
            let culprit = culprits[difference.path].map { self.culprit($0, difference.path) } ?? fallback
            return Finding(image: image.name, output: output, difference: difference, culprit: culprit)
        }
    }

    /// The record in which each of these paths was changed for the last time.
    private func lastWriters(of paths: ByteSet) throws(Failure) -> ByteDictionary<StepRecord> {
        var writers: ByteDictionary<StepRecord> = [:]
        var earlier: ByteDictionary<StepRecord> = [:]
        for record in second where record.place != .outputs && record.isPartOfImage {
            try RecordComparison(earlier[record.directory]?.file ?? "/dev/null", record.file).run { change in
                let path = change.path == "." ? "" : change.path
                if paths.contains(path), change.kinds != [.time] { writers[path] = record }
            }
            earlier[record.directory] = record
        }
        return writers
    }

    /// Returns the differences in the tree, for an output that does not show them.
    func findingsInTree(for output: String, limit: Int) throws(Failure) -> [Finding] {
        var found: [Finding] = []
        var known: ByteSet = []
        for (record, other) in pairs where record.place == .tree && record.isPartOfImage {
            try RecordComparison(other.file, record.file).run { change in
                guard known.count < limit, change.kinds != [.time], known.insert(change.path).inserted else { return }
                guard let kind = Difference.Kind.allCases.first(where: change.kinds.contains) else { return }
                let path = change.path == "." ? "" : change.path
                found.append(
                    Finding(
                        image: image.name,
                        output: output,
                        difference: Difference(path: path, kind: kind),
                        culprit: culprit(record, path)
                    )
                )
            }
        }
        return found
    }

    /// Returns the script that has put an output into its directory; nil if none did.
    func script(thatMade output: String) throws(Failure) -> Finding.Culprit? {
        for (record, other) in pairs where record.place == .outputs {
            var isFound = false
            try RecordComparison(other.file, record.file).run { change in
                if change.path.hasSameBytes(as: output) || Paths.isBelow(change.path, output) { isFound = true }
            }
            if isFound { return culprit(record, output) }
        }
        return nil
    }

    /// The format plugin; `.unknown` if not every step was recorded.
    var fallback: Finding.Culprit { isComplete ? .format(image[.format] ?? "") : .unknown }

    // MARK: - Records

    /// The records that both builds have, in the order of the second one.
    private var pairs: [(record: StepRecord, other: StepRecord)] {
        second.compactMap { record in
            first.first { $0.matches(record) }.map { (record, $0) }
        }
    }

    /// Returns true if what differs after a step may be what differs in the output.
    private static func explains(_ found: Set<Difference.Kind>, _ wanted: Set<Difference.Kind>) -> Bool {
        // Times are later than they will be in the image, and differ in both builds: another property is more useful.
        let real = found.subtracting([.time])
        if wanted == [.time] { return true }
        return !real.isEmpty
    }

    private func culprit(_ record: StepRecord, _ path: String) -> Finding.Culprit {
        let step = StepDescription.all(of: image).first { $0.name == record.step }
        let title = step?.title ?? record.step
        if let script = record.script { return .scripts(step: record.step, title: title, paths: [script]) }
        guard let step else { return .step(name: record.step, title: title) }
        if step.installsPackages {
            return .packages(step: step.name, title: title, names: owners["/\(path)"] ?? [])
        }
        return step.scripts.isEmpty
            ? .step(name: step.name, title: title) : .scripts(step: step.name, title: title, paths: step.scripts)
    }
}

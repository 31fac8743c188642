import Builder
import ByteKeys
public import ComparisonWire
public import Configuration
public import Execution
import JSON
import PluginWire
public import Support
import System

/// Compares the outputs of two builds of one image, and says what made them differ.
public struct OutputCheck {
    public var image: ImageConfiguration
    public var installation: Installation
    public var cancellation: Cancellation
    /// A directory for what has to be unpacked.
    public var scratch: String
    /// The time at which the first of both builds began, in seconds since the epoch.
    public var begun: Int
    /// The conditions that were varied between them.
    public var marks: [ComparisonRequest.Mark]

    /// No more differences of one output are listed.
    private static let limit = 1000

    public init(
        image: ImageConfiguration,
        installation: Installation,
        cancellation: Cancellation,
        scratch: String,
        begun: Int,
        isVaried: Bool
    ) {
        self.image = image
        self.installation = installation
        self.cancellation = cancellation
        self.scratch = scratch
        self.begun = begun
        marks = isVaried ? BuildVariation.marks : []
    }

    /// The differences that are listed, and their total number.
    public struct Result: Sendable {
        public var findings: [Finding] = []
        public var count = 0
    }

    /// Compares the outputs of this name in two directories; `records` are those of both builds.
    public func compare(
        first: [String],
        second: [String],
        records: (first: [StepRecord], second: BuildRecorder),
        isComplete: Bool
    ) throws(Failure) -> Result {
        let attribution = Attribution(
            image: image,
            first: records.first,
            second: records.second.records,
            owners: records.second.owners,
            isComplete: isComplete
        )
        var result = Result()
        let others = ByteDictionary(second.map { (Paths.name($0), $0) }, uniquingKeysWith: { $1 })
        let names = ByteSet(first.map(Paths.name))
        for path in first {
            let name = Paths.name(path)
            // Checksums are of what is compared by itself.
            if image[.checksum], name.hasSameBytes(as: image.checksumFileName) { continue }
            guard let other = others[name] else {
                try add(Difference(path: "", kind: .onlyFirst), name, attribution, &result)
                continue
            }
            try compare(path, other, name, attribution, &result)
        }
        for (name, _) in others.sorted() where !names.contains(name) {
            try add(Difference(path: "", kind: .onlySecond), name, attribution, &result)
        }
        return result
    }

    private func add(
        _ difference: Difference,
        _ name: String,
        _ attribution: Attribution,
        _ result: inout Result
    ) throws(Failure) {
        let culprit = try attribution.script(thatMade: name) ?? attribution.fallback
        result.findings.append(Finding(image: image.name, output: name, difference: difference, culprit: culprit))
        result.count += 1
    }

    private func compare(
        _ first: String,
        _ second: String,
        _ name: String,
        _ attribution: Attribution,
        _ result: inout Result
    ) throws(Failure) {
        let (differences, count) = try differences(first, second)
        if count == 0 { return }
        if let culprit = try attribution.script(thatMade: name) {
            result.findings += differences.map {
                Finding(image: image.name, output: name, difference: $0, culprit: culprit)
            }
            result.count += count
            return
        }
        // An output that shows no tree, such as that of a file system, says nothing of the path.
        let isOpaque = differences.allSatisfy { $0.path.isEmpty && [.content, .packing].contains($0.kind) }
        let inTree = isOpaque ? try attribution.findingsInTree(for: name, limit: Self.limit) : []
        result.findings += inTree.isEmpty ? try attribution.findings(of: differences, in: name) : inTree
        result.count += inTree.isEmpty ? count : inTree.count
    }

    /// Runs `mkosi-tree` on both where files of any owner can be read.
    func differences(_ first: String, _ second: String) throws(Failure) -> (list: [Difference], count: Int) {
        let request = ComparisonRequest(
            first: first,
            second: second,
            scratch: scratch,
            limit: Self.limit,
            begun: begun,
            marks: marks
        )
        var command = NamespaceCommand.make(
            [installation.treeEditor, "--compare"],
            title: "comparing \(Paths.name(first))",
            installation: installation
        )
        command.captureLimit = 16 << 20
        do {
            command.input = try JSONText.encode(request)
        } catch {
            throw Failure(.system, "The outputs cannot be compared", cause: error)
        }
        let answer = try command.runChecked(cancellation: cancellation).output
        var differences: [Difference] = []
        var count: Int?
        do {
            for line in try JSONLines.decode(ComparisonLine.self, from: answer) {
                if let difference = line.difference { differences.append(difference) }
                count = line.count ?? count
            }
        } catch {
            throw Failure(.system, "mkosi-tree did not print valid JSON", cause: error)
        }
        guard let count else { throw Failure(.system, "The comparison of the outputs did not finish") }
        return (differences, count)
    }
}

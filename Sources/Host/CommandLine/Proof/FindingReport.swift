import Builder
import ByteKeys
import ComparisonWire
import Configuration
import Display
import JSON
import PluginWire
import Reproducibility
import Support
import System

/// Shows what two builds of one project do not have in common.
struct FindingReport {
    let context: CommandContext
    /// The names of the two builds.
    let names: (first: String, second: String)

    /// No more of them are shown to people.
    private static let mostShown = 50

    /// Writes the findings of all images, and returns the exit status.
    func write(_ results: [(image: ImageConfiguration, result: OutputCheck.Result)]) throws(Failure) -> CInt {
        if context.invocation[SharedOptions.json] {
            let images = results.map { item in
                JSON.object([
                    "Image": .string(item.image.name), "Count": .integer(item.result.count),
                    "Findings": .array(item.result.findings.map(json)),
                ])
            }
            try context.output.write(JSON.object(["Images": .array(images)]).indentedText)
        } else {
            for (image, result) in results {
                let text = result.findings.prefix(Self.mostShown).map(text).joined()
                try context.output.write(text)
                let more = result.count - min(result.findings.count, Self.mostShown)
                if more > 0 { try context.output.write("… and \(more) further differences of \(image.name)\n") }
            }
        }
        for (image, result) in results {
            let level: BuildEvent.Level = result.count == 0 ? .info : .error
            let words = "\(names.first) and \(names.second)"
            let count = result.count == 1 ? "one difference" : "\(result.count) differences"
            context.display.log(
                level,
                result.count == 0
                    ? "The image \(image.name) is identical in \(words)"
                    : "The image \(image.name) differs in \(words): \(count)"
            )
        }
        return results.allSatisfy { $0.result.count == 0 } ? 0 : 1
    }

    private func text(_ finding: Finding) -> String {
        let difference = finding.difference
        let inner = difference.inner.map { ", in it \(printable($0))" } ?? ""
        let path = difference.path.isEmpty ? "" : ": /\(printable(difference.path))"
        var lines = ["\(printable(finding.output))\(path)\(inner): \(what(difference))"]
        switch difference.kind {
        case .onlyFirst, .onlySecond: break
        default:
            if let first = difference.first { lines.append("    \(names.first): \(printable(first))") }
            if let second = difference.second { lines.append("    \(names.second): \(printable(second))") }
        }
        lines.append("    caused by \(Self.text(finding.culprit))")
        lines += difference.hints.map { "    hint: \(printable($0.text))" }
        return lines.joined(separator: "\n") + "\n"
    }

    private func what(_ difference: Difference) -> String {
        switch difference.kind {
        case .content: difference.offset.map { "content differs from byte \($0) on" } ?? "other content"
        case .type: "type differs"
        case .mode: "another mode"
        case .owner: "another owner"
        case .time: "modification time differs"
        case .attributes: "extended attributes differ"
        case .target: "another target"
        case .node: "another device"
        case .onlyFirst: "only in \(names.first)"
        case .onlySecond: "only in \(names.second)"
        case .order: difference.offset.map { "order differs from entry \($0 + 1) on" } ?? "another order"
        case .packing: "the same entries, encoded differently"
        }
    }

    private static func text(_ culprit: Finding.Culprit) -> String {
        switch culprit {
        case .scripts(_, _, let paths) where paths.count == 1: "the script \(printable(paths[0]))"
        case .scripts(_, _, let paths): "one of the scripts \(paths.map { printable($0) }.joined(separator: ", "))"
        case .packages(_, let title, let names) where names.isEmpty: "the step \"\(title)\""
        case .packages(_, _, let names):
            (names.count == 1 ? "the package " : "the packages ") + names.map { printable($0) }.joined(separator: ", ")
        case .step(_, let title): "the step \"\(title)\""
        case .format(let name): "the output format \(printable(name)): its input tree was identical"
        case .unknown: "a step that was not recorded"
        }
    }

    private func json(_ finding: Finding) -> JSON {
        let difference = finding.difference
        return .object([
            "Output": .string(finding.output), "Path": .string(difference.path),
            "Inner": difference.inner.map(JSON.string) ?? .null, "Kind": .string(difference.kind.rawValue),
            "First": difference.first.map(JSON.string) ?? .null, "Second": difference.second.map(JSON.string) ?? .null,
            "Offset": difference.offset.map { .integer($0) } ?? .null,
            "Hints": .array(
                difference.hints.map { .object(["Kind": .string($0.kind.rawValue), "Text": .string($0.text)]) }
            ),
            "Culprit": json(finding.culprit),
        ])
    }

    private func json(_ culprit: Finding.Culprit) -> JSON {
        switch culprit {
        case .scripts(let step, _, let paths):
            .object(["Kind": "scripts", "Step": .string(step), "Scripts": .array(paths.map(JSON.string))])
        case .packages(let step, _, let names):
            .object(["Kind": "packages", "Step": .string(step), "Packages": .array(names.map(JSON.string))])
        case .step(let name, _): .object(["Kind": "step", "Step": .string(name)])
        case .format(let name): .object(["Kind": "format", "Format": .string(name)])
        case .unknown: .object(["Kind": "unknown"])
        }
    }
}

import Foundation
import Glibc
import JSON
import PluginWire
import Support
import System
import Testing

@testable import Configuration

/// What takes longer with more input may take four times as long with four times the input, and not much more.
@Suite("Linear cost", .serialized)
struct GrowthTests {
    /// Ways to make a project larger.
    enum Shape: String, CaseIterable, Sendable {
        case lines, comments, list, continuation, sections, conditions, specifiers, environment, kernelCommandLine,
            trees
        case profiles, dropIns, includes, deepIncludes, options, unknownSettings, repeatedScalars, subimages
        case longLine, longName, globs, extraFiles, resets

        /// How many of it take a time that can be measured.
        var count: Int {
            switch self {
            case .deepIncludes: 15
            case .subimages: 8
            case .profiles, .dropIns, .includes: 60
            case .conditions, .sections, .unknownSettings: 400
            case .globs, .extraFiles: 100
            default: 1000
            }
        }
    }

    @Test("four times the input takes at most about four times as long", arguments: Shape.allCases)
    func growth(_ shape: Shape) throws {
        let small = try project(shape, shape.count)
        let large = try project(shape, 4 * shape.count)
        var ratios: [Double] = []
        // Other work on the machine makes single measurements long, never short.
        for _ in 0..<8 {
            let times = try (seconds(small), seconds(large))
            // What takes no time at all grows no faster than its start-up.
            ratios.append(times.1 / max(times.0, 0.002))
            if (ratios.min() ?? 0) < 6 { return }
        }
        Issue.record("\(shape): \(ratios)")
    }

    private struct Sample {
        var project: Project
        var options: [(String, String)] = []
    }

    private func seconds(_ sample: Sample) throws -> Double {
        let start = processorSeconds()
        _ = try sample.project.loadAll(sample.options).json.indentedText
        return processorSeconds() - start
    }

    private func processorSeconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    private func project(_ shape: Shape, _ count: Int) throws -> Sample {
        func main(_ text: String) throws -> Sample { Sample(project: try Project(["mkosi.conf": text])) }
        func lines(_ line: (Int) -> String) -> String { (0..<count).map { line($0) + "\n" }.joined() }
        func files(_ name: (Int) -> String, main: String = "", _ text: (Int) -> String) throws -> Sample {
            var files = (0..<count).map { (name($0), text($0)) }
            if !main.isEmpty { files.append(("mkosi.conf", main)) }
            return Sample(project: try Project(Dictionary(uniqueKeysWithValues: files)))
        }
        switch shape {
        case .lines: return try main("[Content]\n" + lines { "Packages=p\($0)" })
        case .comments: return try main(lines { "# \($0)\n\n; more" })
        case .list: return try main("[Content]\nPackages=" + (0..<count).map { "p\($0)" }.joined(separator: ","))
        case .continuation: return try main("[Content]\nPackages=\n" + lines { "    p\($0)" })
        case .sections: return try main(lines { "[Content]\nPackages=p\($0)\n[Build]" })
        case .conditions: return try main("[Match]\n" + lines { "ImageId=!i\($0)" } + "[Content]\nPackages=a\n")
        case .specifiers: return try main("[Content]\nRootPassword=" + String(repeating: "%a%%", count: count))
        case .environment: return try main("[Build]\n" + lines { "Environment=A\($0)=\($0) \"B\($0)=two words\"" })
        case .kernelCommandLine: return try main("[Content]\nKernelCommandLine=" + lines { "  a\($0)=\"b c\" d\\ e" })
        case .trees: return try main("[Build]\n" + lines { "BuildSources=.:/t\($0)" })
        case .profiles:
            let names = (0..<count).map { "p\($0)" }.joined(separator: ",")
            return try files({ "mkosi.profiles/p\($0).conf" }, main: "[Config]\nProfiles=\(names)\n") {
                "[Match]\nProfiles=p\($0)\n[Content]\nPackages=p\($0)\n"
            }
        case .dropIns:
            return try files({ "mkosi.conf.d/\($0).conf" }) {
                "[Match]\nFormat=plain\n[Content]\nPackages=p\($0)\nEnvironment=A\($0)=%d\n"
            }
        case .includes:
            let names = (0..<count).map { "Include=i\($0)" }.joined(separator: "\n")
            return try files({ "i\($0)/mkosi.conf" }, main: "[Include]\n\(names)\n") { "[Content]\nPackages=p\($0)\n" }
        case .deepIncludes:
            return try files({ $0 == 0 ? "mkosi.conf" : "i\($0).conf" }) {
                "[Content]\nPackages=p\($0)\n" + ($0 + 1 < count ? "[Include]\nInclude=i\($0 + 1).conf\n" : "")
            }
        case .options:
            return Sample(project: try Project(), options: (0..<count).map { ("Packages", "p\($0)") })
        case .unknownSettings: return try main("[Content]\n" + lines { "Packges\($0)=x" })
        case .repeatedScalars: return try main("[Output]\n" + lines { "ImageId=i\($0)" })
        case .subimages:
            return try files({ "mkosi.images/i\($0)/mkosi.conf" }, main: "[Content]\nHostname=a\n") {
                "[Match]\nImage=i\($0)\n[Content]\nPackages=p\($0)\n"
            }
        case .longLine: return try main("[Content]\nRootShell=" + String(repeating: "é", count: 10 * count))
        case .longName: return try main("[Content]\n" + String(repeating: "x", count: 10 * count) + "=y\n")
        case .globs:
            return try files({ "s/\($0).sh" }, main: "[Content]\nPrepareScripts=s/*.sh\n") { "\($0)" }
        case .extraFiles:
            return try files({ "mkosi.prepare.d/\($0).sh" }) { "\($0)" }
        case .resets: return try main("[Content]\n" + lines { "Packages=p\($0)\nPackages=" })
        }
    }
}

import Foundation
import Support
import System
import TestSupport
import Testing

@testable import Configuration

@Suite("Random input")
struct RandomInputTests {
    @Test("Files of random bytes and of changed lines: a value or a failure with its place, never a crash")
    func files() throws {
        let project = try Project()
        let registry = Registry(catalogue: project.catalogue)
        var numbers = SeededRandom(seed: SeededRandom.seed)
        let rounds = Soak.isEnabled ? 20_000 : 2_000
        let lines = Self.lines(registry)
        var refused = 0
        // An expectation for each round would take most of the time.
        var wrong: [String] = []
        for round in 0..<rounds {
            var bytes: [UInt8] = []
            if round % 2 == 0 {
                for _ in 0..<Int.random(in: 0..<80, using: &numbers) {
                    bytes.append(UInt8.random(in: 0...255, using: &numbers))
                }
            } else {
                for _ in 0..<3 { bytes += Array((lines.randomElement(using: &numbers) ?? "").utf8) + [10] }
                for _ in 0..<Int.random(in: 0..<6, using: &numbers) where !bytes.isEmpty {
                    let place = Int.random(in: 0..<bytes.count, using: &numbers)
                    switch UInt8.random(in: 0...2, using: &numbers) {
                    case 0: bytes[place] = UInt8.random(in: 0...255, using: &numbers)
                    case 1: bytes.remove(at: place)
                    default: bytes.insert(Self.marks.randomElement(using: &numbers) ?? 0, at: place)
                    }
                }
            }
            guard let failure = failure(of: String(decoding: bytes, as: UTF8.self), project, registry) else { continue }
            refused += 1
            if !failure.message.hasPrefix("random:") || failure.excerpt.count > 2 { wrong.append(failure.message) }
        }
        #expect(wrong == [])
        // Both ways have to be taken often for the test to say anything.
        #expect(refused > rounds / 20)
        #expect(refused < rounds * 19 / 20)
    }

    private static let marks = Array("=[]|!%&\\\"'$~:,; \t\n\r#\0{}/*".utf8)

    private static func lines(_ registry: Registry) -> [String] {
        let values = ["yes", "a,b", "%d/%x", "\"a b\" c=d", "1G", "|!x", "$HOME/${X", "/usr/*", "0x7", "é\u{301}", ""]
        var lines = Section.allCases.map { "[\($0.rawValue)]" } + ["[Match]", "[TriggerAssert]", "  more", "# x"]
        for (index, row) in registry.settings.enumerated() where row.name != "Include" {
            lines.append("[\(row.section.rawValue)]\n\(row.name)=\(values[index % values.count])")
        }
        return lines
    }

    private func failure(of text: String, _ project: Project, _ registry: Registry) -> Failure? {
        let resolver = Resolver(
            registry: registry,
            catalogue: project.catalogue,
            host: project.host,
            imageName: ImageConfiguration.mainName
        )
        var loader = Loader(resolver: resolver, startDirectory: project.directory)
        do throws(Failure) {
            let file = try ConfigurationFile(path: "random", text: text)
            let place = Loader.Place(directory: project.directory)
            _ = try loader.conditions(file.path, place).unmet(in: file)
            try loader.apply(file, place)
            return nil
        } catch {
            return error
        }
    }
}

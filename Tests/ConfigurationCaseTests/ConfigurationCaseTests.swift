import Foundation
import Support
import System
import Testing

/// Runs every file of `Cases`: rules of the configuration language, each with what follows from it.
@Suite("Cases of configuration")
struct ConfigurationCaseTests {
    private static let directory = Paths.absolute("../Cases", from: #filePath)

    private static let names: [String] = {
        let paths = FileManager.default.enumerator(atPath: directory)
        var names: [String] = []
        while let path = paths?.nextObject() as? String {
            if path.hasSuffix(".case") { names.append(String(path.dropLast(5))) }
        }
        return names.sorted()
    }()

    @Test("a case", arguments: names)
    func holds(_ name: String) throws {
        let file = try CaseFile(
            name: name,
            text: String(contentsOfFile: "\(Self.directory)/\(name).case", encoding: .utf8)
        )
        let project = try CaseProject(file)
        let complaints = file.runs.flatMap { run in
            project.run(run).complaints(run.checks).map { "mkosi \(run.arguments.joined(separator: " ")): \($0)" }
        }
        func report() {
            for complaint in complaints { Issue.record("\(name): \(complaint)\nThe rule: \(file.rule)") }
        }
        if let known = file.known {
            withKnownIssue("\(known)") { report() }
        } else {
            report()
        }
    }

    @Test("there are many cases")
    func count() {
        #expect(Self.names.count >= 250)
    }
}

import Testing

/// The threat model names a test for each line: it has to be there.
@Suite struct SecurityPageTests {
    @Test func everyTestThatIsNamedExists() throws {
        let page = try #require(Checkout.files(in: ["Documentation"], suffixes: ["security.md"]).first)
        let tests = try Checkout.files(in: ["Tests"], suffixes: ["Tests.swift"])
        var named = 0
        for line in page.lines where line.hasPrefix("|") {
            for match in line.matches(of: /([A-Z][A-Za-z]+Tests)(?:\/([a-zA-Z]+))?/) {
                named += 1
                let suite = String(match.1)
                let file = tests.first { $0.path.hasSuffix("/\(suite).swift") }
                guard let file else {
                    Issue.record("\(page) names \(suite), which does not exist")
                    continue
                }
                guard let function = match.2 else { continue }
                let exists = file.lines.contains { $0.contains("func \(function)(") }
                #expect(exists, "\(page) names \(suite)/\(function), which does not exist")
            }
        }
        #expect(named > 40)
    }

    @Test("Each attack of the page has a test")
    func everyLineHasATest() throws {
        let page = try #require(Checkout.files(in: ["Documentation"], suffixes: ["security.md"]).first)
        for (number, line) in zip(1..., page.lines) where line.hasPrefix("|") {
            let cells = line.split(separator: "|", omittingEmptySubsequences: false).dropFirst().dropLast()
            // The table of who is trusted has three columns.
            guard cells.count == 4, let last = cells.last, !last.contains("---"), last != " Test " else { continue }
            #expect(last.contains(/[A-Z][A-Za-z]+Tests/), "\(page):\(number) names no test: \(cells.first ?? "")")
        }
    }
}

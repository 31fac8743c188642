import Testing

@testable import ArchPlugin

@Suite struct ScriptArgumentsTests {
    @Test(arguments: [
        ("-Q", ScriptArguments.Place.tree), ("-R x", .tree), ("-U x.pkg.tar.zst", .tree), ("-D --asdeps x", .tree),
        ("-S x", .both), ("-Syu --noconfirm", .both), ("--sync --needed x", .both), ("-Ss x", .repositories),
        ("-Sp x", .repositories), ("--sync --print x", .repositories), ("-Fy", .repositories),
    ])
    func operationsHaveTheirPlace(_ line: String, _ place: ScriptArguments.Place) {
        #expect(ScriptArguments(line.split(separator: " ").map(String.init)).place == place)
    }

    @Test func wordsAreTakenApart() {
        let arguments = ScriptArguments(["-Syu", "--overwrite", "usr/*", "--asdeps", "one", "--", "-two"])
        #expect(arguments.targets == ["one", "-two"])
        #expect(arguments.refreshes && arguments.upgradesAll)
        #expect(arguments.transactionOptions == ["-u", "--overwrite", "usr/*", "--asdeps"])
        #expect(arguments.reasonOptions == ["--asdeps"])
    }
}

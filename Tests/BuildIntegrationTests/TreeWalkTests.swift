import Support
import System
import TestSupport
import Testing

/// Whatever scripts do to a tree in several steps, it becomes what a plain directory becomes by the same.
@Suite(.serialized)
struct TreeWalkTests {
    struct Case: CustomTestStringConvertible {
        var user: TestUser
        var incremental: String
        var seed: Int

        /// Every other walk begins on a base tree.
        var hasBase: Bool { seed % 2 == 0 }
        var testDescription: String { "\(user), Incremental=\(incremental), seed \(seed)" }
    }

    static let cases: [Case] = {
        let seeds = Soak.isEnabled ? Array(1...40) : [1, 4]
        let all = TestUser.available.flatMap { user in
            ["no", "yes"].flatMap { incremental in
                seeds.map { Case(user: user, incremental: incremental, seed: $0) }
            }
        }
        return Soak.sample(all, every: 3)
    }()

    @Test("A tree that several steps change at random is as a plain directory", arguments: cases)
    func walk(_ item: Case) throws {
        let project = try WalkProject(item.user)
        if item.hasBase {
            try project.inside(["base"], "\(project.walk) \(item.seed)-0 100 /base/t && cp -a /base/t /plain/t")
        }
        for step in 1...3 { try project.inside([], "\(project.walk) \(item.seed)-\(step) 150 /plain/t") }
        try project.script("mkosi.prepare", "python3 walk.py walk \(item.seed)-1 150 $BUILDROOT/t")
        try project.script("mkosi.postinst", "python3 walk.py walk \(item.seed)-2 150 $BUILDROOT/t")
        try project.script("walk-finalize", "python3 walk.py walk \(item.seed)-3 150 $BUILDROOT/t")
        // A mount of its own: in that of the walk the kernel may still number copies of one file differently.
        try project.script("walk-list", "python3 walk.py list $BUILDROOT/t \(WalkProject.epoch) > $OUTPUTDIR/list")
        let result = try project.mkosi(
            ["--incremental=\(item.incremental)", "--finalize-script=walk-finalize,walk-list"]
                + (item.hasBase ? ["--base-tree=base"] : [])
        )
        #expect(result.succeeded, "\(result)")
        let expected = try project.list("/plain/t")
        let log = try Files.readText(project.directory("plain/t/log"))
        #expect(log.split(separator: "\n").count { $0.hasSuffix(" ok") } > 150, "\(log)")
        expectEqual(try Files.readText(project.directory("project/list")).lines, expected, log)
        expectEqual(try project.list("/image/t"), expected, log)
    }

    private func expectEqual(_ found: [String], _ expected: [String], _ log: String) {
        if found == expected { return }
        let missing = Set(expected).subtracting(found).sorted()
        let wrong = Set(found).subtracting(expected).sorted()
        Issue.record("missing: \(missing.prefix(10))\nwrong: \(wrong.prefix(10))\n\(log.suffix(2000))")
    }
}

extension String {
    fileprivate var lines: [String] { split(separator: "\n").map(String.init) }
}

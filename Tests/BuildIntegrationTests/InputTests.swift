import Support
import System
import TestSupport
import Testing

/// Each thing that a step may read is changed, and exactly those steps run that read it, and those above them.
@Suite
struct InputTests {
    @Test("Without scripts each input makes the steps run that read it, and no others")
    func plain() throws {
        try check(Soak.sample(InputCases.plain, every: 4), hasScripts: false)
    }

    @Test("With scripts of every kind too")
    func scripted() throws {
        try check(Soak.sample(InputCases.scripted, every: 7), hasScripts: true)
    }

    private func check(_ cases: [InputCase], hasScripts: Bool) throws {
        let project = try InputProject(hasScripts: hasScripts)
        let first = try project.build()
        let all = first.steps
        #expect(all.contains("packages") && all.contains("finalize") == hasScripts, "\(first.result)")
        let always = hasScripts ? ["sync"] : []
        // First what nothing reads: afterwards each case gives other outputs than the one before.
        var hasOtherOutputs = false
        for entry in cases.filter({ $0.first.isEmpty }) + cases.filter({ !$0.first.isEmpty }) {
            do {
                let changesOutputs = project.steps(from: entry.first, among: all).contains("assemble")
                if hasOtherOutputs, !changesOutputs { _ = try project.build() }
                hasOtherOutputs = changesOutputs
                if !entry.script.isEmpty { try runChecked(["sh", "-euc", entry.script], in: project.tiny.project) }
                let expected = project.steps(from: always + entry.first, among: all)
                let planned = hasScripts && !entry.arguments.contains("build") ? try project.plan(entry.arguments) : nil
                let (ran, result) = try project.build(entry.arguments)
                #expect(ran == expected, "\(entry.name)\n\(result.errors)")
                if let planned { #expect(Set(planned).isSuperset(of: ran), "\(entry.name): planned") }
            } catch {
                Issue.record("\(entry.name): \(error)")
            }
            try project.restore()
        }
        let back = try project.build()
        #expect(back.steps.allSatisfy { ($0 == "assemble") || always.contains($0) }, "\(back.result)")
        #expect(try project.tiny.mkosi(["cache", "verify"]).succeeded)
    }

    @Test("A project in another directory takes everything from the store", arguments: [false, true])
    func moved(hasScripts: Bool) throws {
        let project = try InputProject(hasScripts: hasScripts)
        _ = try project.build()
        let image = try Files.read("\(project.tiny.project)/mkosi.output/image.tar")
        try runChecked(["mv", project.tiny.project, project.tiny.directory("moved")])
        // Outputs are known by the place in which they were put.
        let moved = try project.build(in: project.tiny.directory("moved"))
        #expect(moved.steps == (hasScripts ? ["sync"] : []) + ["assemble"], "\(moved.result)")
        #expect(try Files.read(project.tiny.directory("moved/mkosi.output/image.tar")) == image)
    }

    @Test("The order of trees matters, and what is in several settings matters in each")
    func order() throws {
        let project = try InputProject(hasScripts: false)
        try project.tiny.directory.write(
            "[Content]\nExtraTrees=other,more\nSkeletonTrees=other,more\n",
            to: "project/mkosi.conf.d/b.conf"
        )
        _ = try project.build()
        try project.tiny.directory.write(
            "[Content]\nExtraTrees=more,other\nSkeletonTrees=other,more\n",
            to: "project/mkosi.conf.d/b.conf"
        )
        #expect(try project.build().steps.first == "extra")
        try project.tiny.directory.write(
            "[Content]\nExtraTrees=more,other\nSkeletonTrees=more,other\n",
            to: "project/mkosi.conf.d/b.conf"
        )
        #expect(try project.build().steps.first == "packages")
        try project.tiny.directory.write("changed\n", to: "project/more/new")
        #expect(try project.build().steps.first == "packages")
    }
}

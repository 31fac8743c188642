import Configuration
import Support
import Testing

@testable import Builder

/// Which steps of a build run, are found, or are planned, with layers in memory.
@Suite struct StepWalkTests {
    private static let always = [
        "packages", "sysusers", "tmpfiles", "presets", "depmod", "settings", "hwdb", "catalog", "removal",
    ]

    /// What `mkosi plan` shows: names, those that are not found with an exclamation mark.
    private static func plan(
        _ host: MemoryHost,
        _ settings: [(String, String)],
        hasPackages: Bool = false
    ) throws -> [String] {
        let state = try host.state(try host.image(settings), hasPackages: hasPackages)
        state.cache?.isReadOnly = true
        let planning = StepPlanning(state: state, image: "main")
        try StepWalk(state.plan, of: state, for: planning).run()
        return planning.plan.steps.map { "\($0.name)\($0.isReused ? "" : "!")" }
    }

    @Test func aSecondBuildMakesNothingAndAChangeOnlyWhatIsAboveIt() throws {
        let host = try MemoryHost()
        #expect(try Self.plan(host, []) == Self.always.map { "\($0)!" })
        #expect(try MemoryBuild.run(host, []).made == Self.always)
        let again = try MemoryBuild.run(host, [])
        #expect(again.made.isEmpty && again.found == Self.always)
        let planned = Self.always.prefix(5) + ["settings!", "hwdb!", "catalog!", "removal!"]
        #expect(try Self.plan(host, [("Hostname", "box")]) == Array(planned))
        let changed = try MemoryBuild.run(host, [("Hostname", "box")])
        #expect(changed.made == ["settings", "hwdb", "catalog", "removal"])
        // Both are kept by now.
        #expect(try MemoryBuild.run(host, []).made.isEmpty)
        #expect(host.sandbox.runs.isEmpty)
    }

    @Test("A build script that leaves the same makes only itself run again")
    func equalResults() throws {
        let host = try MemoryHost()
        let script = try host.write("#!/bin/sh\n", to: "build")
        let settings = [("BuildScripts", script)]
        let first = try MemoryBuild.run(host, settings)
        #expect(Array(first.made.prefix(3)) == ["packages", "build", "build-result"])
        try host.write("#!/bin/sh\n# changed\n", to: "build")
        #expect(try MemoryBuild.run(host, settings).made == ["build"])
        try host.write("#!/bin/sh\n# again\n", to: "build")
        let other = try MemoryBuild.run(host, settings, destination: "other")
        #expect(Array(other.made.prefix(2)) == ["build", "build-result"])
        #expect(other.found == ["packages"])
        // A plan cannot know what the script would leave.
        try host.write("#!/bin/sh\n# once more\n", to: "build")
        #expect(try Self.plan(host, settings).prefix(3) == ["packages", "build!", "build-result!"])
    }

    @Test func aPackageMoreIsALayerOnTopOfTheOthers() throws {
        let host = try MemoryHost()
        let one = try MemoryBuild.run(host, [("Packages", "bash")], hasPackages: true)
        #expect(one.made.first == "packages")
        let two = [("Packages", "bash,vim")]
        #expect(try Self.plan(host, two, hasPackages: true).prefix(2) == ["packages", "packages+1!"])
        let more = try MemoryBuild.run(host, two, hasPackages: true)
        #expect(more.found == ["packages"] && more.made.first == "packages+1")
        // Another version of the first is no addition, once newer packages are asked for.
        host.offer("bash", version: "2")
        #expect(try MemoryBuild.run(host, two, hasPackages: true).made.isEmpty)
        let newer = try MemoryBuild.run(host, two, force: 2, hasPackages: true)
        #expect(newer.made.contains("packages") && !newer.made.contains("packages+1"))
    }

    @Test func strictBuildsMakeNoLayerOfPackages() throws {
        let host = try MemoryHost()
        let strict = [("Incremental", "strict")]
        let failure = #expect(throws: Failure.self) { try MemoryBuild.run(host, strict) }
        #expect(failure?.message.contains("Incremental=strict forbids building it") == true)
        #expect(host.store.keys.isEmpty)
        try MemoryBuild.run(host, [])
        #expect(try MemoryBuild.run(host, strict + [("Hostname", "box")]).made.first == "settings")
    }

    @Test func aShellReachesWhatItsStepBeginsWith() throws {
        let host = try MemoryHost()
        func reach(_ name: String) throws -> (isReached: Bool, isComplete: Bool) {
            let state = try host.state(try host.image())
            let planning = StepPlanning(state: state, image: "main", upTo: name)
            try StepWalk(state.plan, of: state, for: planning).run()
            return (planning.reached != nil, planning.reached?.isComplete == true)
        }
        #expect(try reach("settings") == (true, false))
        try MemoryBuild.run(host, [])
        #expect(try reach("settings") == (true, true))
        #expect(try reach("nothing") == (false, false))
    }
}

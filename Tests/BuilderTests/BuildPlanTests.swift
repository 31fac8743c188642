import Configuration
import Support
import Testing

@testable import Builder

/// The steps of an image, as a function of its configuration, and what each declares.
@Suite struct BuildPlanTests {
    private static func names(_ settings: [(String, String)], _ facts: BuildPlan.Facts = .init()) throws -> [String] {
        try BuildPlan(for: Images.image(settings), facts).steps.map(\.name)
    }

    @Test func anImageWithoutScriptsHasTheStepsThatEveryImageHas() throws {
        let always = [
            "packages", "sysusers", "tmpfiles", "presets", "depmod", "settings", "hwdb", "catalog", "removal",
        ]
        #expect(try Self.names([]) == always)
        #expect(try Self.names([("MakeInitrd", "yes")]).contains("login-settings"))
    }

    @Test func buildScriptsBranchOffAndAreTheLastWithoutAnOutput() throws {
        let settings = [
            ("SyncScripts", "/s"), ("PrepareScripts", "/p"), ("BuildScripts", "/b"), ("BuildPackages", "cc"),
            ("VolatilePackages", "own"), ("FinalizeScripts", "/f"),
        ]
        var facts = BuildPlan.Facts(hasOutput: false)
        let build = ["packages", "prepare", "build-packages", "prepare-build", "build"]
        #expect(try Self.names(settings, facts) == ["sync"] + build)
        facts.keepsSources = true
        #expect(try Self.names(settings, facts) == build)
        facts.hasOutput = true
        let all = try Self.names(settings, facts)
        #expect(Array(all.prefix(7)) == build + ["volatile-packages", "build-result"])
        #expect(all.last == "finalize")
    }

    @Test func namesAreUniqueAndTheBuildChainIsThatOfBuildScripts() throws {
        let steps = try BuildPlan(
            for: Images.image([("PrepareScripts", "/p"), ("BuildScripts", "/b"), ("BuildPackages", "cc")]),
            .init()
        ).steps
        #expect(Set(steps.map(\.name)).count == steps.count)
        #expect(steps.filter { $0.chain == .build }.map(\.name) == ["build-packages", "prepare-build", "build"])
        #expect(steps.filter { !$0.keepsTree }.map(\.name) == ["build"])
    }

    @Test("Everything that a step declares is an input, and its view shows the value")
    func everyPropertyOfSettingsIsAnInput() throws {
        let image = try Images.image([
            ("BuildScripts", "/b"), ("PrepareScripts", "/p"), ("BuildPackages", "cc"), ("VolatilePackages", "v"),
            ("ExtraTrees", "/"), ("MakeInitrd", "yes"), ("PostInstallationScripts", "/x"), ("Hostname", "box"),
        ])
        func count(_ settings: any StepSettings) -> Int {
            Mirror(reflecting: settings).children.reduce(0) { sum, child in
                sum + ((child.value as? any StepSettings).map(count) ?? 1)
            }
        }
        let ofPlugins = [
            settingName(.basePackages), settingName(.scriptsInImage), settingName(.sourceFileTransfer),
        ]
        for step in BuildPlan(for: image, .init()).steps {
            let declared = step.settings.declared
            #expect(declared.count == count(step.settings), "\(step.name) declares something that is no input")
            for input in declared where !ofPlugins.contains(input.name) {
                #expect(image.registry.setting(named: input.name) != nil, "\(step.name) declares \(input.name)")
            }
        }
        let view = SettingsView(SystemSettingsStep().settings, of: image)
        #expect(view.hostname == "box")
        #expect(view.isAssigned(\.hostname))
        #expect(!view.isAssigned(\.keymap))
        let packages = SettingsView(PackagesStep().settings, of: image)
        #expect(packages.installation.architecture == "x86-64")
    }
}

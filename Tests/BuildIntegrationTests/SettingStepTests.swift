import Execution
import Support
import System
import TestSupport
import Testing

/// One line of `Tests/Fixtures/settings/setting-steps.tsv`, with the option of `settings.tsv`.
private struct SettingStep {
    var name: String
    var option: String
    var value: String
    /// The lowest steps that read the setting; empty: none.
    var first: [String]
    /// `scripts`: they read it too; `all`: what every step reads; `-`: neither.
    var readers: String

    static func all() throws -> [SettingStep] {
        func lines(_ name: String) throws -> [[String]] {
            try Files.readText(TinyProject.fixture("settings/\(name)")).split(separator: "\n")
                .filter { !$0.hasPrefix("#") }
                .map { $0.split(separator: "\t", omittingEmptySubsequences: false).map(String.init) }
        }
        let facts = try lines("settings.tsv")
        let steps = try lines("setting-steps.tsv")
        guard facts.map(\.first) == steps.map(\.first) else {
            throw Failure(.missing, "settings.tsv and setting-steps.tsv do not list the same settings")
        }
        return zip(facts, steps).map { facts, steps in
            SettingStep(
                name: facts[0],
                option: facts[2],
                value: steps[1] == "-" ? facts[10] : steps[1],
                first: steps[2] == "-" ? [] : steps[2].split(separator: ",").map(String.init),
                readers: steps[3]
            )
        }
    }
}

/// Every setting: with another value those steps run that read it, and no others.
@Suite
struct SettingStepTests {
    @Test("Without scripts a setting makes the steps run that the table says")
    func plain() throws {
        let project = try Self.project(scripts: [])
        let all = try project.build().steps
        for setting in try SettingStep.all() {
            let argument = "\(setting.option)=\(setting.value)"
            switch setting.first {
            case ["skip"]: continue
            case ["refused"]:
                let result = try project.tiny.mkosi(["-f", argument])
                #expect(result.status == .exited(1) && result.errors.contains("not supported yet"), "\(result)")
            case ["everything"]: #expect(try project.plan([argument]) == all, "\(setting.name)")
            default: try Self.check(project, argument, setting.first, among: all)
            }
        }
    }

    @Test("With scripts those run too, unless they cannot see it")
    func scripts() throws {
        let project = try Self.project(scripts: ["prepare"])
        let all = try project.build().steps
        for setting in try SettingStep.all() where setting.readers != "-" && setting.first != ["skip"] {
            let first = setting.readers == "all" ? ["packages"] : ["prepare"] + setting.first
            try Self.check(project, "\(setting.option)=\(setting.value)", first, among: all)
        }
        for setting in try SettingStep.all() where setting.readers == "-" && setting.first.isEmpty {
            try Self.check(project, "\(setting.option)=\(setting.value)", [], among: all)
        }
    }

    private static func check(
        _ project: InputProject,
        _ argument: String,
        _ first: [String],
        among all: [String]
    ) throws {
        let expected = project.steps(from: first, among: all)
        do {
            let planned = try project.plan([argument])
            #expect(planned == expected, "\(argument)")
        } catch {
            Issue.record("\(argument): \(error)")
        }
    }

    private static func project(scripts: [String]) throws -> InputProject {
        let project = try InputProject(hasScripts: false)
        for kind in scripts { try project.tiny.script("mkosi.\(kind)", #"cat "$MKOSI_CONFIG" >/dev/null"#) }
        for (name, text) in [
            ("key.pem", "key"), ("cert.pem", "certificate"), ("other.conf", "[Output]\nImageId=included\n"),
            ("other.env", "D=4\n"),
            ("one", ""), ("two", ""), ("profile.conf", "[UKIProfile]\nProfile=ID=one\nCmdline=quiet\n"),
        ] {
            let isSecret = name.hasSuffix(".pem")
            try project.tiny.directory.write(text, to: "project/\(name)", mode: isSecret ? 0o600 : 0o644)
        }
        try project.tiny.directory.makeDirectory("project/tree")
        for name in ["script.sh", "configure"] { try project.tiny.script(name, name == "configure" ? "cat" : "true") }
        return project
    }
}

import Execution
import Support
import System
import TestSupport
import Testing

/// What `Tests/Fixtures/settings/settings.tsv` says of the steps that read a setting.
private struct SettingStep {
    var name: String
    var option: String
    var value: String
    /// The lowest steps that read the setting; empty: none.
    var first: [String]
    /// `scripts`: they read it too; `all`: what every step reads; `-`: neither.
    var readers: String

    static func all() throws -> [SettingStep] {
        try Files.readText(TinyProject.fixture("settings/settings.tsv")).split(separator: "\n")
            .filter { !$0.hasPrefix("#") }
            .map { line in
                let cells = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
                guard cells.count == 17 else { throw Failure(.missing, "settings.tsv has an incomplete line: \(line)") }
                return SettingStep(
                    name: cells[0],
                    option: cells[2],
                    value: cells[13] == "-" ? cells[10] : cells[13],
                    first: cells[14] == "-" ? [] : cells[14].split(separator: ",").map(String.init),
                    readers: cells[15]
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
        for setting in Soak.sample(try SettingStep.all(), every: 6) {
            let argument = "\(setting.option)=\(setting.value)"
            switch setting.first {
            case ["skip"]: continue
            case ["refused"]:
                let result = try project.tiny.mkosi(["-f", argument])
                #expect(result.status == .exited(1), "\(result)")
                let reasons = [
                    "not supported yet", "has no such part", "the image has no /etc/selinux/config",
                    "is to be bootable and has no kernel",
                ]
                #expect(reasons.contains { result.errors.contains($0) }, "\(result)")
            case ["warned"]:
                let result = try project.tiny.mkosi(["-f", argument])
                #expect(result.status == .exited(0), "\(result)")
                #expect(result.errors.contains("warning: \(setting.name)= has no effect "), "\(result)")
            case ["everything"]: #expect(try project.plan([argument]) == all, "\(setting.name)")
            default: try Self.check(project, argument, setting.first, among: all)
            }
        }
    }

    @Test("With scripts those run too, unless they cannot see it")
    func scripts() throws {
        let project = try Self.project(scripts: ["prepare"])
        let all = try project.build().steps
        let settings = Soak.sample(try SettingStep.all(), every: 8)
        for setting in settings where setting.readers != "-" && setting.first != ["skip"] {
            let first = setting.readers == "all" ? ["packages"] : ["prepare"] + setting.first
            try Self.check(project, "\(setting.option)=\(setting.value)", first, among: all)
        }
        for setting in settings where setting.readers == "-" && setting.first.isEmpty {
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
            // Whether there are modules to choose from, only a build tells where a script may bring some.
            let planned = try project.plan([argument]).filter { $0 != "modules" }
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

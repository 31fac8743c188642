import ByteKeys
import Configuration
import JSON
import Support
import System
import TestSupport
import Testing

@testable import Builder

/// What programs outside of the sandbox get of paths that scripts may have replaced.
@Suite struct PinnedPathTests {
    private let temporary: TestSupport.TemporaryDirectory
    private let image: ImageConfiguration
    private let pins: PinnedPaths

    init() throws {
        temporary = try TestSupport.TemporaryDirectory()
        for name in ["repart/10-own.conf", "repart/deep/own", "repart/sub/own", "phrase", "linked/30.conf"] {
            try temporary.write("own", to: "project/\(name)", mode: 0o600)
        }
        try temporary.write("secret", to: "secret/10-own.conf", mode: 0o600)
        let links = [
            ("../../secret/10-own.conf", "repart/20-far.conf"), ("../linked", "repart/linked"),
            ("../later.conf", "repart/40-later.conf"),
        ]
        for (target, name) in links { try runChecked(["ln", "-s", target, temporary("project/\(name)")]) }
        let project = temporary("project")
        image = try Images.image(
            [
                ("BuildSources", project), ("PrepareScripts", "\(project)/prepare"),
                ("RepartDirectories", "\(project)/repart"), ("Passphrase", "\(project)/phrase"),
            ],
            directory: project
        )
        pins = PinnedPaths([image], given: ["RepartDirectories", "Passphrase"])
    }

    private func replace(_ name: String, by target: String) throws {
        try runChecked(["rm", "-rf", temporary("project/\(name)")])
        try runChecked(["ln", "-s", temporary(target), temporary("project/\(name)")])
    }

    private var settings: PluginSettings { PluginSettings(["RepartDirectories", "Passphrase"], of: image, pins) }

    @Test("Links that were there stay, also to what is made later, and files may change")
    func own() throws {
        try temporary.write("new", to: "project/repart/50-new.conf")
        try temporary.write("new", to: "project/later.conf")
        try temporary.write("new", to: "project/phrase")
        let values = try settings.values
        #expect(values["RepartDirectories"] == .array([.string(temporary("project/repart"))]))
        #expect(values["Passphrase"] == .string(temporary("project/phrase")))
    }

    @Test(
        "A link that appeared is named",
        arguments: [
            ("repart", "secret", "repart"), ("repart/10-own.conf", "secret/10-own.conf", "repart/10-own.conf"),
            ("repart/new.conf", "secret/10-own.conf", "repart/new.conf"), ("repart/deep", "secret", "repart/deep"),
            ("repart/sub/own", "secret/10-own.conf", "repart/sub/own"), ("repart/linked", "secret", "repart/linked"),
            ("linked/30.conf", "secret/10-own.conf", "linked/30.conf"), ("linked", "secret", "repart/linked"),
            ("repart/40-later.conf", "secret/10-own.conf", "repart/40-later.conf"),
            ("later.conf", "secret/10-own.conf", "repart/40-later.conf"), ("phrase", "secret/10-own.conf", "phrase"),
        ]
    )
    func swapped(name: String, target: String, named: String) throws {
        try replace(name, by: target)
        let failure = #expect(throws: Failure.self) { try settings.values }
        let place = temporary("project/\(named)")
        #expect(failure?.message.hasPrefix("Cannot use \(place): a link") == true, "\(failure?.message ?? "")")
    }

    @Test("Where no script runs, nothing is refused")
    func withoutScripts() throws {
        try replace("phrase", by: "secret/10-own.conf")
        let pins = PinnedPaths([try Images.image([], directory: temporary("project"))])
        let path = temporary("project/phrase")
        #expect(try pins.given(path) == path)
    }
}

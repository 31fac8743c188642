import Configuration
import Glibc
import Support
import System

/// The project's scripts as files: there, and executable.
enum ScriptFiles {
    /// Checks, before anything takes time, what is known by then.
    ///
    /// A script that does not exist yet may come with sources that a sync script fetches, or be made by one that runs
    /// before it; where no script runs before, it is missing.
    static func check(_ image: ImageConfiguration) throws(Failure) {
        var canAppear = !(image.value(of: .dependencies).list ?? []).isEmpty
        for kind in ScriptKind.allCases {
            for script in image[kind.setting] {
                if !canAppear || Files.kind(of: script, followLinks: true) != nil {
                    try check(
                        script,
                        kind,
                        origin: image.origin(of: kind.setting.name),
                        makesExecutable: image[.makeScriptsExecutable]
                    )
                }
                canAppear = canAppear || kind != .clean
                if kind.hasTree || !script.hasSuffix(".chroot") { continue }
                throw Failure(
                    .configuration,
                    "\(kind.setting.name)= names \(script), but these scripts run before there is an image to enter",
                    hint: "Set by \(image.origin(of: kind.setting.name)); rename it without .chroot"
                )
            }
        }
    }

    /// Checks a script that is about to run.
    static func check(
        _ script: String,
        _ kind: ScriptKind,
        origin: Origin,
        makesExecutable: Bool
    ) throws(Failure) {
        let setting = kind.setting.name
        let origin = "Set by \(origin)"
        guard let found = Files.kind(of: script, followLinks: true) else {
            throw Failure(.missing, "\(setting)=\(script) does not exist", hint: origin)
        }
        guard found == S_IFREG else {
            throw Failure(.configuration, "\(setting)=\(script) is not a regular file", hint: origin)
        }
        if Files.isExecutable(script) { return }
        if makesExecutable, chmod(script, 0o755) == 0, Files.isExecutable(script) { return }
        throw Failure(
            .configuration,
            "\(setting)=\(script) is not executable",
            hint: "Run chmod +x on it, or set MakeScriptsExecutable=yes"
        )
    }
}

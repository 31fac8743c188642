import Configuration
import Glibc
import Support

/// The project's scripts as files: there, and executable, before anything takes time.
enum ScriptFiles {
    static func check(_ image: ImageConfiguration) throws(Failure) {
        for kind in ScriptKind.allCases {
            for script in image[kind.setting] {
                try check(script, kind.setting.name, image)
                if kind.hasTree || !script.hasSuffix(".chroot") { continue }
                throw Failure(
                    .configuration,
                    "\(kind.setting.name)= names \(script), but there is no image to enter when such scripts run",
                    hint: "It is set by \(image.origin(of: kind.setting.name)); name it without .chroot"
                )
            }
        }
    }

    private static func check(_ script: String, _ setting: String, _ image: ImageConfiguration) throws(Failure) {
        let origin = "It is set by \(image.origin(of: setting))"
        guard Files.kind(of: script, followLinks: true) == S_IFREG else {
            throw Failure(.missing, "\(setting)= names \(script), which is no file", hint: origin)
        }
        if Files.isExecutable(script) { return }
        if image[.makeScriptsExecutable], chmod(script, 0o755) == 0, Files.isExecutable(script) { return }
        throw Failure(
            .configuration,
            "\(setting)= names \(script), which is not executable",
            hint: "Run chmod +x on it, or set MakeScriptsExecutable=yes"
        )
    }
}

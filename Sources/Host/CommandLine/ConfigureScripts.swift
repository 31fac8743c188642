import ByteKeys
import Configuration
import Display
import Execution
import Glibc
import JSON
import PluginWire
import Support
import System

/// Runs the programs of `ConfigureScripts=`: each reads the configuration as JSON, and writes what is to be used
/// instead.
struct ConfigureScripts {
    let context: CommandContext
    let cancellation: Cancellation?

    /// The configuration that the last program gives.
    func run(on image: ImageConfiguration) throws(Failure) -> ImageConfiguration {
        var image = image
        for script in image.value(of: .configureScripts).list ?? [] { image = try run(script, on: image) }
        return image
    }

    private func run(_ script: String, on image: ImageConfiguration) throws(Failure) -> ImageConfiguration {
        try checkExecutable(script, image)
        var command = Command(script, [script])
        command.environment = variables(image).map { "\($0.key)=\($0.value)" }.sorted()
        command.workingDirectory = image.directory
        command.input = Array(image.jsonForScripts.indentedText.utf8)
        command.captureLimit = 16 << 20
        command.endsAtCaptureLimit = true
        command.title = script
        context.display.log(.info, "Running \(script)")
        let result = try command.runChecked(cancellation: cancellation) { line in
            context.display.log(.info, line)
        }
        let json: JSON
        do {
            json = try JSON.parse(result.output)
        } catch {
            throw Failure(
                .configuration,
                "\(script) did not print valid JSON",
                hint: "It has to print the configuration it reads on standard input, with its changes",
                cause: error
            )
        }
        return try image.replacing(with: json, catalogue: context.facts, author: script)
    }

    private func checkExecutable(_ script: String, _ image: ImageConfiguration) throws(Failure) {
        if Files.isExecutable(script) { return }
        guard Files.exists(script) else {
            throw Failure(
                .missing,
                "ConfigureScripts= names \(script), which does not exist",
                hint: "Set by \(image.origin(of: .configureScripts))"
            )
        }
        if image.value(of: .makeScriptsExecutable) == .bool(true), chmod(script, 0o755) == 0 { return }
        throw Failure(
            .configuration,
            "\(script) is not executable",
            hint: "Run: chmod +x \(script); or set MakeScriptsExecutable=yes"
        )
    }

    private func variables(_ image: ImageConfiguration) -> ByteDictionary<String> {
        var variables: ByteDictionary<String> = [:]
        for name in ["PATH", "HOME", "LANG", "TERM", "TMPDIR", "USER", "LOGNAME", "XDG_RUNTIME_DIR"] {
            guard let value = context.host.environment[name], FileOwner.isOwn(variable: name, value) else { continue }
            variables[name] = value
        }
        variables.merge(image.scriptVariables) { $1 }
        variables["QEMU_ARCHITECTURE"] = image.emulatorArchitecture
        variables["MKOSI_UID"] = String(getuid())
        variables["MKOSI_GID"] = String(getgid())
        variables["MKOSI_DEBUG"] = context.invocation[SharedOptions.debug] ? "1" : "0"
        return variables
    }
}

import ByteKeys
import Configuration
import Display
import PluginHost
import PluginWire
import Support
import System

/// Has a plugin install a boot loader in the finished tree.
struct BootloaderStep: BuildStep {
    let loader: BootParts.Loader
    /// True if an image without the boot loader is none that has failed.
    let isOptional: Bool
    let kernels: [ABI.V1.Kernel]
    let artifacts: [MadeArtifact]
    /// The stated facts about artifacts.
    let facts: ByteDictionary<String>
    /// Values of the settings that the boot loader's description declares.
    let pluginSettings: PluginSettings
    let settings = Settings()
    let environment: BuildEnvironment
    let workspace: String
    let sourceDateEpoch: Int?

    private var description: ABI.V1.BootloaderDescription { loader.bootloader.description }

    var name: String { Self.name(loader) }
    var title: String { Self.title(loader) }

    private var own: TreeConfinement {
        TreeConfinement(
            paths: BootParts.directories + (description.writes ?? []),
            plugin: loader.bootloader.plugin,
            subject: "the boot loader \(description.name)"
        )
    }

    var confinement: TreeConfinement? { own }

    static func name(_ loader: BootParts.Loader) -> String { "bootloader-\(loader.firmware)" }
    static func title(_ loader: BootParts.Loader) -> String {
        "Installing the boot loader \(loader.bootloader.description.name)"
    }

    var inputs: StepInputs {
        var inputs = StepInputs()
        inputs.plugin = PluginStepInputs(
            plugin: loader.bootloader.plugin,
            tools: description.tools,
            settings: description.settings,
            facts: PluginStepInputs.facts(of: artifacts, kernels: kernels, stated: facts)
        )
        return inputs
    }

    struct Settings: StepSettings {
        let architecture = Input(.architecture)
        let fetch = FetchSettings()
    }

    /// Makes the scratch space: links below `/boot` may lead out of the tree, but not to what other steps work on.
    private func makeScratch() throws(Failure) -> String {
        let path = "\(workspace)/\(name)"
        do throws(SystemCallError) {
            try Files.makeDirectories(path)
        } catch {
            throw Failure(.system, "Cannot make the directory \(path)", cause: error)
        }
        return path
    }

    func run(_ context: any StepContext, _ settings: SettingsView<Settings>) throws(Failure) {
        let scratch = try makeScratch()
        try context.line(title, name) { line throws(Failure) in
            var request = ABI.V1.InstallBootloader(
                name: description.name,
                firmware: loader.firmware,
                root: context.root,
                kernels: kernels,
                artifacts: artifacts.map(\.artifact),
                workspace: scratch,
                architecture: settings.architecture
            )
            request.sourceDateEpoch = sourceDateEpoch
            if !facts.isEmpty { request.facts = facts }
            request.settings = try pluginSettings.values
            var runner = context.runner
            runner.sandbox.configuration = nil
            runner.sandbox.workspace = scratch
            runner.sandbox.readable += loader.bootloader.plugin.directories
            runner.sandbox.readable += artifacts.compactMap { Paths.parent($0.artifact.path) }
            runner.sandbox.writablePaths = own.paths
            let made = try own.makeDirectories(in: context.tree)
            let services = PluginServices(
                runner: runner,
                fetcher: Fetcher(environment: environment, settings: settings.fetch),
                settings: pluginSettings
            )
            services.step = line
            services.phase = name
            let session = try PluginSession.start(loader.bootloader.plugin, services, environment)
            do throws(Failure) {
                _ = try session.request(request)
            } catch  where error.code == .missing && isOptional {
                environment.display.log(
                    .warning,
                    "The boot loader \(description.name) is not installed, for the tree does not have it: \(error.message)"
                        + "; set \(settingName(.bootable))=yes to make this an error"
                )
            }
            session.end()
            try own.removeEmpty(made, in: context.tree)
        }
    }
}

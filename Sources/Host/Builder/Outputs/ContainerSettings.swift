import Configuration
import PluginWire
import Support
import System

/// `NSpawnSettings=`: a file that systemd-nspawn(1) looks for next to the image.
enum ContainerSettings {
    /// Its name next to an image; nil if none is configured.
    static func name(for image: OutputImage) -> String? {
        image.nspawnSettings.map { _ in "\(image.output).nspawn" }
    }

    /// Copies the file to the staging directory and returns it as an output.
    ///
    /// Scripts have run, and get the copy: it is made from what was configured, never from what they link to.
    static func write(
        for image: OutputImage,
        to staging: String,
        _ pins: PinnedPaths
    ) throws(Failure) -> [ABI.V1.Output] {
        guard let name = name(for: image), let path = image.nspawnSettings else { return [] }
        do {
            try Files.write(try pins.read(path), to: Paths.join(staging, name))
        } catch let failure as Failure where failure.code == .changed {
            throw failure
        } catch {
            throw Failure(
                .missing,
                "NSpawnSettings= names \(path), which cannot be copied",
                hint: "Set by \(image.settings.origin(of: \.nspawnSettings))",
                cause: error
            )
        }
        return [ABI.V1.Output(name: name, role: "settings")]
    }
}

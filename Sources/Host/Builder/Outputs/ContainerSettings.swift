import Configuration
import PluginWire
import Support
import System

/// `NSpawnSettings=`: a file that systemd-nspawn(1) looks for next to the image.
enum ContainerSettings {
    /// Its name next to an image; nil if none is configured.
    static func name(for image: ImageConfiguration) -> String? {
        image.value(of: .nspawnSettings).text.map { _ in "\(image[.output]).nspawn" }
    }

    /// Copies the file to the staging directory and returns it as an output.
    static func write(for image: ImageConfiguration, to staging: String) throws(Failure) -> [ABI.V1.Output] {
        guard let name = name(for: image), let path = image.value(of: .nspawnSettings).text else { return [] }
        do throws(SystemCallError) {
            try Files.write(try Files.read(path), to: Paths.join(staging, name))
        } catch {
            throw Failure(
                .missing,
                "NSpawnSettings= names \(path), which cannot be copied",
                hint: "Set by \(image.origin(of: .nspawnSettings))",
                cause: error
            )
        }
        return [ABI.V1.Output(name: name, role: "settings")]
    }
}

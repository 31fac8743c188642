import ByteKeys
import Configuration
import JSON
import PluginWire
import Support
import System

/// The measurements of a TPM when an image starts, as artifacts of a kind of their own predict them.
enum MeasurementFile {
    /// The kind: its files have a list each, in JSON, which are joined here.
    private static let kind = "measurements"

    /// The predictions for all kernels, and those of the format for what it made; empty if there are none.
    static func predictions(_ boot: BootResult, _ made: Assembly.Result) throws(Failure) -> [JSON] {
        var predictions = made.measurements
        for made in boot.artifacts([kind], nil) {
            do {
                predictions += try JSONText.decode([JSON].self, from: Files.read(made.artifact.path, limit: 1 << 24))
            } catch {
                throw Failure(.system, "Cannot read the predicted measurements \(made.artifact.path)", cause: error)
            }
        }
        return predictions
    }

    /// Writes `BASENAME.pcrs.json` to the staging directory and returns it as an output; nothing without predictions.
    static func write(
        _ predictions: [JSON],
        for image: OutputImage,
        to staging: String
    ) throws(Failure) -> [ABI.V1.Output] {
        if predictions.isEmpty { return [] }
        let name = "\(image.output).pcrs.json"
        do {
            let text = try JSONText.encodePretty(JSON.object(["measurements": .array(predictions)]))
            try Files.write(text + [UInt8(ascii: "\n")], to: Paths.join(staging, name))
        } catch {
            throw Failure(.system, "Cannot write \(name)", cause: error)
        }
        return [ABI.V1.Output(name: name, role: kind)]
    }
}

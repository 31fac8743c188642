import Checksum
import Configuration
import PluginWire
import Support

/// `Checksum=`: one file with the SHA-256 digests of all outputs, as sha256sum(1) reads it.
enum Checksums {
    static func write(
        for outputs: [ABI.V1.Output],
        image: ImageConfiguration,
        in staging: String
    ) throws(Failure) -> [ABI.V1.Output] {
        var text = ""
        for output in outputs where !Files.isDirectory(Paths.join(staging, output.name)) {
            do throws(DigestError) {
                text += "\(try Digest.ofFile(Paths.join(staging, output.name))) *\(output.name)\n"
            } catch {
                throw Failure(.system, error.message)
            }
        }
        do throws(SystemCallError) {
            try Files.write(text.utf8, to: Paths.join(staging, image.checksumFileName))
        } catch {
            throw Failure(.system, "Cannot write \(image.checksumFileName)", cause: error)
        }
        return [ABI.V1.Output(name: image.checksumFileName, role: "checksums")]
    }
}

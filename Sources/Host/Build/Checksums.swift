import Checksum
import Configuration
import Glibc
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
        // A link that a script has left would lead to the machine's own files, and a pipe nowhere.
        for output in outputs where Files.kind(of: Paths.join(staging, output.name)) == S_IFREG {
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

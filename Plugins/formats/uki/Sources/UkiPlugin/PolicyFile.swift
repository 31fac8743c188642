import BootKit
import Glibc
import PluginKit
import PluginWire
import System

/// The file of `SplitArtifacts=pcrs`: the policies of PCR 11 that are signed elsewhere.
enum PolicyFile {
    static let kind = "pcrs"
    static let suffix = ".pcrs"

    /// Writes the policies of a finished unified kernel image.
    ///
    /// - Parameters:
    ///   - image: The image, which the signatures will not change.
    ///   - path: The new file.
    ///   - request: Has the settings of the key; without one the policies do not name it.
    ///   - host: Knows the certificate.
    /// - Throws: an error that says why the image cannot be measured, or the file not be written.
    static func write(_ image: String, to path: String, _ request: some SettingValues, _ host: Host) throws {
        let certificate = request.hasExpectedPCRKey ? try host.certificate(purpose: "expected-pcr").bytes : nil
        do {
            let text = try PCRSigning.policies(of: image, certificate: certificate)
            try Files.write(Array((text + "\n").utf8), to: path)
        } catch let error as BootError {
            throw ErrorObject(code: .commandFailed, message: error.message, hint: error.hint)
        } catch let error as SystemCallError {
            throw ErrorObject.system("write the policies", path, number: error.errno)
        }
    }
}

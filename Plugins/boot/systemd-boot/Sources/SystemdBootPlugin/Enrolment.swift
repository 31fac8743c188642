import BootKit
import BootloaderKit
import PluginKit
import PluginWire
import System

extension BootSigning {
    /// Writes the files by which systemd-boot(7) enrols the certificate.
    ///
    /// - Parameter directory: Where they are written.
    /// - Returns: Their paths by their names on the ESP.
    /// - Throws: What is wrong with the key or its certificate.
    func enrolment(in directory: String) throws -> [String: String] {
        var files: [String: String] = [:]
        do {
            let enrolment = try KeyEnrolment(certificate: host.certificate(purpose: "secure-boot").bytes)
            for variable in KeyEnrolment.Variable.all {
                let digest = try enrolment.digest(of: variable)
                let signature = try host.signature(of: digest, kind: "signed-data", purpose: "secure-boot")
                let path = "\(directory)/\(variable.name).auth"
                try Files.write(enrolment.file(signature: signature), to: path)
                files["\(variable.name).auth"] = path
            }
        } catch let error as BootError {
            throw ErrorObject(code: .internalError, message: error.message, hint: error.hint)
        }
        return files
    }
}

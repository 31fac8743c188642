import BootKit
import JSON
import PluginKit
import PluginWire
import System

/// Signs what is installed, and writes what enrols the key in firmware.
struct BootSigning {
    let host: Host
    let root: String

    /// Has everything signed that the installation has printed.
    func sign(_ printed: String?) throws {
        var signatures = try JSONText.decode([PendingSignature].self, from: (printed ?? "[]").utf8)
        if signatures.isEmpty { return }
        for index in signatures.indices {
            let digest = signatures[index].digest
            signatures[index].signature = try host.signature(
                of: digest,
                kind: "authenticode",
                purpose: "secure-boot"
            )
        }
        try host.runTool(SignCommand.name, SignCommand.Job(root: root, signatures: signatures), label: "signatures")
    }

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

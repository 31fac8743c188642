import Configuration
import Execution
import Support
import System

extension ImageConfiguration {
    /// The credentials of `Credentials=`, each as it is passed on.
    ///
    /// - Parameter place: Where a path of the configuration leads.
    /// - Returns: Names with their values, in the order of the setting.
    /// - Throws: one sentence for a file that cannot be read, or a program that fails.
    func credentialValues(_ place: MachineSettings.Place) throws(Failure) -> [(name: String, value: [UInt8])] {
        var values: [(name: String, value: [UInt8])] = []
        for credential in self[.credentials] {
            switch credential.content {
            case .value(let text): values.append((credential.name, Array(text.utf8)))
            case .file(let path): values.append((credential.name, try Self.content(of: place(path))))
            }
        }
        return values
    }

    /// The content of a credential's file, or what it prints if it is a program.
    private static func content(of path: String) throws(Failure) -> [UInt8] {
        if Files.isExecutable(path) {
            var command = Command(path, [])
            command.captureLimit = 1 << 20
            return try command.runChecked().output
        }
        do throws(SystemCallError) {
            return try Files.read(path, limit: 1 << 20)
        } catch {
            throw Failure(.missing, "Cannot read the credential \(path)", cause: error)
        }
    }
}

import ByteKeys
import Configuration
import Crypto
import Glibc
import PluginWire
import Support
import System

/// `Checksum=`: one file with the SHA-256 digests of all outputs, as sha256sum(1) reads it.
enum Checksums {
    /// Reads the outputs whose digest is not known from whoever wrote them.
    static func write(
        for outputs: [ABI.V1.Output],
        image: OutputImage,
        in staging: String,
        jobs: JobBudget
    ) throws(Failure) -> [ABI.V1.Output] {
        // A link that a script has left would lead to the machine's own files, and a pipe nowhere.
        let names = outputs.map(\.name).filter { Files.kind(of: Paths.join(staging, $0)) == S_IFREG }
        let known = known(of: outputs)
        let digests = try jobs.share { jobs throws(Failure) in
            parallelMap(names, jobs: jobs) { name -> Result<String, DigestError> in
                if let digest = known[name] { return .success(digest) }
                do throws(DigestError) {
                    return .success(try Digest.ofFile(Paths.join(staging, name)))
                } catch {
                    return .failure(error)
                }
            }
        }
        var text = ""
        for (name, digest) in zip(names, digests) {
            do throws(DigestError) {
                text += line(try digest.get(), name)
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

    /// One line of the file: a name that would end it is escaped, and the line marked with a backslash.
    static func line(_ digest: String, _ name: String) -> String {
        var escaped = ""
        for scalar in name.unicodeScalars {
            switch scalar {
            case "\\": escaped += "\\\\"
            case "\n": escaped += "\\n"
            case "\r": escaped += "\\r"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return "\(escaped == name ? "" : "\\")\(digest) *\(escaped)\n"
    }

    /// The digests by name that need not be computed, for those who wrote the files have told them.
    static func known(of outputs: [ABI.V1.Output]) -> ByteDictionary<String> {
        // Of two that have made the same file, one has not seen what it is now.
        ByteDictionary(outputs.map { ($0.name, $0.sha256) }, uniquingKeysWith: { _, _ in nil }).compactMapValues { $0 }
    }
}

import BootKit
import Glibc
import JSON
import PluginKit
import PluginWire
import System

/// Predicts what a TPM measures when a unified kernel image starts.
enum MeasureCommand {
    static let name = "measure"

    struct Job: Codable {
        /// The tree that has the boot loader.
        var root: String
        /// The value of `Bootloader=`.
        var loader: String
        /// As the host names it: `x86-64`.
        var architecture: String
        var image: String
        /// The kernel's release.
        var version: String
        /// The certificate of Secure Boot, X.509 in DER.
        var certificate: [UInt8]?
        var output: String
    }

    @Sendable static func run(_ arguments: [String]) throws -> Int32 {
        let job = try ToolJob.read(Job.self)
        let loader = loader(job)
        // Where it is not known what firmware starts first, only the registers of the image itself are.
        let isKnown = job.loader == "uki" || loader != nil
        let measurements = PredictedMeasurements(
            image: job.image,
            loader: loader,
            certificate: isKnown ? job.certificate : nil
        )
        do {
            let predictions = try measurements.predictions(kernel: job.version)
            try Files.write(JSONText.encode(predictions) + [UInt8(ascii: "\n")], to: job.output)
        } catch let error as BootError {
            throw ErrorObject(code: .internalError, message: error.message, hint: error.hint)
        }
        return 0
    }

    private static func loader(_ job: Job) -> String? {
        guard let path = LoaderProgram.path(of: job.loader, architecture: job.architecture) else { return nil }
        return Files.place(path, inTree: job.root).flatMap { Files.isPlainFile($0) ? $0 : nil }
    }
}

internal import Crypto
internal import System

/// The values that registers of a TPM will have when a system starts, as far as they are known in advance.
///
/// They hold for firmware that verifies programs with one certificate and nothing else, and while nothing is added from
/// outside: no words of the command line, credentials or extensions.
public struct PredictedMeasurements: Sendable {
    /// A value of a register in the bank of SHA-256.
    public struct Value: Sendable, Equatable, Codable {
        public var pcr: Int
        /// Lower-case hexadecimal digits.
        public var sha256: String
        /// The phases of the boot after which the register has it, with colons between them; nil: before the first.
        public var phase: String?
    }

    /// The prediction for a profile of an image: an entry of `NAME.pcrs.json`.
    public struct Prediction: Sendable, Codable {
        /// The kernel's release; nil for an image that is not of one kernel of a tree.
        public var kernel: String?
        public var profile: Int
        public var values: [Value]
    }

    /// The unified kernel image.
    public var image: String
    /// The program that starts the image; nil if firmware does.
    public var loader: String?
    /// The certificate of Secure Boot, X.509 in DER; nil if programs are not verified.
    public var certificate: [UInt8]?

    public init(image: String, loader: String?, certificate: [UInt8]?) {
        self.image = image
        self.loader = loader
        self.certificate = certificate
    }

    /// Predicts the values for each profile; an image without profiles has one.
    ///
    /// - Parameter kernel: The release of the kernel in the image.
    /// - Returns: Entries of `NAME.pcrs.json`.
    /// - Throws: `BootError` for an image, or a boot loader, that cannot be read.
    public func predictions(kernel: String?) throws(BootError) -> [Prediction] {
        let count = max(1, try PEFile(path: image).sections(named: ".profile").count)
        return try (0..<count).map { profile throws(BootError) in
            Prediction(kernel: kernel, profile: profile, values: try values(profile: profile))
        }
    }

    /// The values for a profile, in the order of the registers.
    ///
    /// PCR 4 and 7 are missing where programs are not verified.
    public func values(profile: Int) throws(BootError) -> [Value] {
        var values: [Value] = []
        func add(_ pcr: Int, _ bytes: [UInt8], _ phase: String? = nil) {
            values.append(Value(pcr: pcr, sha256: Digest.hexadecimal(bytes), phase: phase))
        }
        if let certificate {
            // Firmware measures the kernel in the image neither: stubs start it themselves, or vouch for it.
            var programs: [[UInt8]] = []
            if let loader { programs.append(try Authenticode(path: loader).digest()) }
            programs.append(try Authenticode(path: image).digest())
            add(4, try FirmwareMeasurement.pcr4(programs))
            add(7, try FirmwareMeasurement.pcr7(certificate: certificate))
        }
        let start = try BootMeasurement.pcr11(of: image, profile: profile)
        add(11, start)
        for phase in BootMeasurement.phases {
            add(11, try BootMeasurement.pcr11(start, after: phase), phase.joined(separator: ":"))
        }
        add(12, try commandLine(profile))
        add(13, [UInt8](repeating: 0, count: 32))
        return values
    }

    /// PCR 12: systemd-boot of 252 hands over the command line of the image, as if it came from outside.
    private func commandLine(_ profile: Int) throws(BootError) -> [UInt8] {
        var value = [UInt8](repeating: 0, count: 32)
        guard let loader, let version = UnifiedKernelImage.version(of: loader, after: "systemd-boot "),
            version <= BootMeasurement.lastOldStub,
            let section = try PEFile(path: image).section(named: ".cmdline")
        else { return value }
        let text = String(decoding: try section.bytes(of: image, limit: 1 << 20), as: UTF8.self)
        let words = text.firmwareText + [0, 0]
        do {
            try BootMeasurement.extend(&value, with: Digest.bytes(of: words))
        } catch {
            throw BootError(.system, "Cannot measure the command line: \(error.message)")
        }
        return value
    }
}

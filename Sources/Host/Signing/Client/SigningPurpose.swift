public import Configuration
public import SigningWire
public import Support

/// The purpose of a signature, which decides the settings that have the key and the certificate.
public enum SigningPurpose: String, Sendable, CaseIterable {
    case secureBoot = "secure-boot"
    case verity
    case expectedPcr = "expected-pcr"

    /// The setting with the key: what a description declares that asks for such signatures.
    public var keySetting: String {
        switch self {
        case .secureBoot: settingName(.secureBootKey)
        case .verity: settingName(.verityKey)
        case .expectedPcr: settingName(.signExpectedPcrKey)
        }
    }

    /// The setting with the certificate.
    public var certificateSetting: String {
        switch self {
        case .secureBoot: settingName(.secureBootCertificate)
        case .verity: settingName(.verityCertificate)
        case .expectedPcr: settingName(.signExpectedPcrCertificate)
        }
    }
}

/// A key with its certificate, as the settings of an image name them.
public struct SigningKeys: Sendable, Equatable {
    public var key: KeyReference?
    public var certificate: KeyReference?

    /// The key and the certificate of an image for a purpose.
    public init(_ purpose: SigningPurpose, of image: ImageConfiguration) {
        switch purpose {
        case .secureBoot:
            key = Self.reference(image[.secureBootKey], image[.secureBootKeySource])
            certificate = Self.reference(image[.secureBootCertificate], image[.secureBootCertificateSource])
        case .verity:
            key = Self.reference(image[.verityKey], image[.verityKeySource])
            certificate = Self.reference(image[.verityCertificate], image[.verityCertificateSource])
        case .expectedPcr:
            key = Self.reference(image[.signExpectedPcrKey], image[.signExpectedPcrKeySource])
            certificate = Self.reference(image[.signExpectedPcrCertificate], image[.signExpectedPcrCertificateSource])
        }
    }

    /// Returns the purposes that an image has signatures for, by its settings.
    public static func purposes(of image: ImageConfiguration) -> [SigningPurpose] {
        SigningPurpose.allCases.filter { purpose in
            let keys = SigningKeys(purpose, of: image)
            let areSet = keys.key != nil && keys.certificate != nil
            switch purpose {
            case .secureBoot: return image[.secureBoot]
            case .verity: return image[.verity] == "signed" || image[.verity] == "auto" && areSet
            case .expectedPcr:
                let choice = image[.signExpectedPcr]
                return image[.secureBoot] && (choice == .enabled || choice == .auto && areSet)
            }
        }
    }

    /// The request for a signature, or for the certificate alone.
    ///
    /// - Throws: a sentence that names the setting without which nothing can be signed.
    public static func request(
        _ kind: SigningRequest.Kind,
        _ purpose: SigningPurpose,
        of image: ImageConfiguration,
        digest: String? = nil
    ) throws(Failure) -> SigningRequest {
        let keys = SigningKeys(purpose, of: image)
        for (name, value) in [(purpose.keySetting, keys.key), (purpose.certificateSetting, keys.certificate)]
        where value == nil {
            throw Failure(
                .configuration,
                "\(name)= is not set, and there is nothing to sign with",
                hint: "mkosi genkey makes mkosi.key and mkosi.crt, which are used by default"
            )
        }
        let none = KeyReference("")
        return SigningRequest(kind, digest: digest, key: keys.key, certificate: keys.certificate ?? none)
    }

    private static func reference(_ location: String?, _ source: Value.Source?) -> KeyReference? {
        guard let location, !location.isEmpty else { return nil }
        let kind = source.flatMap { KeyReference.Source(rawValue: $0.type) } ?? .file
        return KeyReference(location, source: kind, module: source?.source.isEmpty == false ? source?.source : nil)
    }
}

/// Signatures and checksums.
extension SettingTable {
    static let validation: [SettingDefinition] = rows(
        of: .validation,
        [
            row(.secureBoot),
            row(.secureBootAutoEnroll),
            row(.secureBootKey),
            row(.secureBootKeySource),
            row(.secureBootCertificate),
            row(.secureBootCertificateSource),
            row(.secureBootSignTool),
            row(.verity),
            row(.verityKey),
            row(.verityKeySource),
            row(.verityCertificate),
            row(.verityCertificateSource),
            row(.signExpectedPcr),
            row(.signExpectedPcrKey),
            row(.signExpectedPcrKeySource),
            row(.signExpectedPcrCertificate),
            row(.signExpectedPcrCertificateSource),
            row(.passphrase),
            row(.checksum),
            row(.sign),
            row(.key),
            row(.openPGPTool),
        ]
    )
}

extension Setting where Content == Bool {
    public static var secureBoot: Self {
        Self("SecureBoot") {
            Row($0, .boolean, "Sign the boot loader and kernels for UEFI Secure Boot")
                .option("--secure-boot", nil, "BOOL")
        }
    }

    public static var secureBootAutoEnroll: Self {
        Self("SecureBootAutoEnroll") {
            Row($0, .boolean, "Enroll the Secure Boot keys automatically")
                .option("--secure-boot-auto-enroll", nil, "BOOL").standard(.bool(true))
        }
    }

    public static var checksum: Self {
        Self("Checksum") {
            Row($0, .boolean, "Write a file of SHA256 sums of the outputs")
                .option("--checksum", nil, "BOOL").standard(.computed(.checksum))
        }
    }

    public static var sign: Self {
        Self("Sign") {
            Row($0, .boolean, "Sign the file of checksums")
                .option("--sign", nil, "BOOL")
        }
    }
}

extension Setting where Content == String? {
    public static var secureBootKey: Self {
        Self("SecureBootKey") {
            Row($0, .keyMaterial(secret: true), "Private key for Secure Boot")
                .option("--secure-boot-key", nil, "KEY").scope(.universal).path("mkosi.key")
        }
    }

    public static var secureBootCertificate: Self {
        Self("SecureBootCertificate") {
            Row($0, .keyMaterial(secret: false), "Certificate for Secure Boot")
                .option("--secure-boot-certificate", nil, "PATH").scope(.universal).path("mkosi.crt")
        }
    }

    public static var verityKey: Self {
        Self("VerityKey") {
            Row($0, .keyMaterial(secret: true), "Private key for verity signatures")
                .option("--verity-key", nil, "KEY").scope(.universal).path("mkosi.key")
        }
    }

    public static var verityCertificate: Self {
        Self("VerityCertificate") {
            Row($0, .keyMaterial(secret: false), "Certificate for verity signatures")
                .option("--verity-certificate", nil, "PATH").scope(.universal).path("mkosi.crt")
        }
    }

    public static var signExpectedPcrKey: Self {
        Self("SignExpectedPcrKey") {
            Row($0, .keyMaterial(secret: true), "Private key for signing expected PCR measurements")
                .option("--sign-expected-pcr-key", nil, "KEY").scope(.inherit).path("mkosi.key")
        }
    }

    public static var signExpectedPcrCertificate: Self {
        Self("SignExpectedPcrCertificate") {
            Row($0, .keyMaterial(secret: false), "Certificate for expected PCR measurements")
                .option("--sign-expected-pcr-certificate", nil, "PATH").scope(.inherit).path("mkosi.crt")
        }
    }

    public static var passphrase: Self {
        Self("Passphrase") {
            Row($0, .path(.init(secret: true)), "File with the passphrase for encrypted partitions")
                .option("--passphrase", nil, "PATH").path("mkosi.passphrase")
        }
    }

    public static var key: Self {
        Self("Key") {
            Row($0, .text, "Key that signs the file of checksums")
                .option("--key")
        }
    }
}

extension Setting where Content == Value.Source? {
    public static var secureBootKeySource: Self {
        Self("SecureBootKeySource") {
            Row($0, .source(["file", "engine", "provider"]), "Source of the private key for Secure Boot")
                .option("--secure-boot-key-source", nil, "SOURCE[:ENGINE]").standard(.text("file")).scope(.universal)
        }
    }

    public static var secureBootCertificateSource: Self {
        Self("SecureBootCertificateSource") {
            Row($0, .source(["file", "provider"]), "Source of the certificate for Secure Boot")
                .option("--secure-boot-certificate-source", nil, "SOURCE[:PROVIDER]").standard(.text("file"))
                .scope(.universal)
        }
    }

    public static var verityKeySource: Self {
        Self("VerityKeySource") {
            Row($0, .source(["file", "engine", "provider"]), "Source of the private key for verity signatures")
                .option("--verity-key-source", nil, "SOURCE[:ENGINE]").standard(.text("file")).scope(.universal)
        }
    }

    public static var verityCertificateSource: Self {
        Self("VerityCertificateSource") {
            Row($0, .source(["file", "provider"]), "Source of the certificate for verity signatures")
                .option("--verity-certificate-source", nil, "SOURCE[:PROVIDER]").standard(.text("file"))
                .scope(.universal)
        }
    }

    public static var signExpectedPcrKeySource: Self {
        Self("SignExpectedPcrKeySource") {
            Row($0, .source(["file", "engine", "provider"]), "Source of the private key for expected PCR measurements")
                .option("--sign-expected-pcr-key-source", nil, "SOURCE[:ENGINE]").standard(.text("file")).scope(
                    .inherit
                )
        }
    }

    public static var signExpectedPcrCertificateSource: Self {
        Self("SignExpectedPcrCertificateSource") {
            Row($0, .source(["file", "provider"]), "Source of the certificate for expected PCR measurements")
                .option("--sign-expected-pcr-certificate-source", nil, "SOURCE[:PROVIDER]").standard(.text("file"))
                .scope(.inherit)
        }
    }
}

extension Setting where Content == String {
    public static var secureBootSignTool: Self {
        Self("SecureBootSignTool") {
            Row($0, .choice(Words.secureBootSignTool), "Program that signs for Secure Boot")
                .option("--secure-boot-sign-tool").standard(.text("auto"))
        }
    }

    public static var verity: Self {
        Self("Verity") {
            Row($0, .choice(Words.verity, yes: "signed", no: "disabled"), "Add verity data to extension images")
                .option("--verity", nil, "FEATURE").standard(.text("auto"))
        }
    }

    public static var openPGPTool: Self {
        Self("OpenPGPTool") {
            Row($0, .text, "Program that signs the file of checksums")
                .option("--openpgp-tool").standard(.text("gpg"))
        }
    }
}

extension Setting where Content == Feature {
    public static var signExpectedPcr: Self {
        Self("SignExpectedPcr") {
            Row($0, .feature, "Sign the expected PCR measurements of the image")
                .option("--sign-expected-pcr", nil, "FEATURE")
        }
    }
}

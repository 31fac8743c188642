/// Signatures and checksums.
extension SettingTable {
    static let validation: [SettingDefinition] = rows(
        of: .validation,
        [
            Row("SecureBoot", .boolean, "Sign the boot loader and kernels for UEFI Secure Boot")
                .option("--secure-boot", nil, "BOOL"),
            Row("SecureBootAutoEnroll", .boolean, "Enroll the Secure Boot keys automatically")
                .option("--secure-boot-auto-enroll", nil, "BOOL").standard(.bool(true)),
            Row("SecureBootKey", .keyMaterial(secret: true), "Private key for Secure Boot")
                .option("--secure-boot-key", nil, "KEY").scope(.universal).path("mkosi.key"),
            Row(
                "SecureBootKeySource",
                .source(["file", "engine", "provider"]),
                "Source of the private key for Secure Boot"
            )
            .option("--secure-boot-key-source", nil, "SOURCE[:ENGINE]").standard(.text("file")).scope(.universal),
            Row("SecureBootCertificate", .keyMaterial(secret: false), "Certificate for Secure Boot")
                .option("--secure-boot-certificate", nil, "PATH").scope(.universal).path("mkosi.crt"),
            Row(
                "SecureBootCertificateSource",
                .source(["file", "provider"]),
                "Source of the certificate for Secure Boot"
            )
            .option("--secure-boot-certificate-source", nil, "SOURCE[:PROVIDER]").standard(.text("file"))
            .scope(.universal),
            Row("SecureBootSignTool", .choice(Words.secureBootSignTool), "Program that signs for Secure Boot")
                .option("--secure-boot-sign-tool").standard(.text("auto")),
            Row(
                "Verity",
                .choice(Words.verity, yes: "signed", no: "disabled"),
                "Add verity data to extension images"
            )
            .option("--verity", nil, "FEATURE").standard(.text("auto")),
            Row("VerityKey", .keyMaterial(secret: true), "Private key for verity signatures")
                .option("--verity-key", nil, "KEY").scope(.universal).path("mkosi.key"),
            Row(
                "VerityKeySource",
                .source(["file", "engine", "provider"]),
                "Source of the private key for verity signatures"
            )
            .option("--verity-key-source", nil, "SOURCE[:ENGINE]").standard(.text("file")).scope(.universal),
            Row("VerityCertificate", .keyMaterial(secret: false), "Certificate for verity signatures")
                .option("--verity-certificate", nil, "PATH").scope(.universal).path("mkosi.crt"),
            Row(
                "VerityCertificateSource",
                .source(["file", "provider"]),
                "Source of the certificate for verity signatures"
            )
            .option("--verity-certificate-source", nil, "SOURCE[:PROVIDER]").standard(.text("file"))
            .scope(.universal),
            Row("SignExpectedPcr", .feature, "Sign the expected PCR measurements of the image")
                .option("--sign-expected-pcr", nil, "FEATURE"),
            Row("SignExpectedPcrKey", .keyMaterial(secret: true), "Private key for signing expected PCR measurements")
                .option("--sign-expected-pcr-key", nil, "KEY").scope(.inherit).path("mkosi.key"),
            Row(
                "SignExpectedPcrKeySource",
                .source(["file", "engine", "provider"]),
                "Source of the private key for expected PCR measurements"
            )
            .option("--sign-expected-pcr-key-source", nil, "SOURCE[:ENGINE]").standard(.text("file")).scope(.inherit),
            Row("SignExpectedPcrCertificate", .keyMaterial(secret: false), "Certificate for expected PCR measurements")
                .option("--sign-expected-pcr-certificate", nil, "PATH").scope(.inherit).path("mkosi.crt"),
            Row(
                "SignExpectedPcrCertificateSource",
                .source(["file", "provider"]),
                "Source of the certificate for expected PCR measurements"
            )
            .option("--sign-expected-pcr-certificate-source", nil, "SOURCE[:PROVIDER]").standard(.text("file"))
            .scope(.inherit),
            Row("Passphrase", .path(.init(secret: true)), "File with the passphrase for encrypted partitions")
                .option("--passphrase", nil, "PATH").path("mkosi.passphrase"),
            Row("Checksum", .boolean, "Write a file of SHA256 sums of the outputs")
                .option("--checksum", nil, "BOOL").standard(.computed(.checksum)),
            Row("Sign", .boolean, "Sign the file of checksums")
                .option("--sign", nil, "BOOL"),
            Row("Key", .text, "Key that signs the file of checksums")
                .option("--key"),
            Row("OpenPGPTool", .text, "Program that signs the file of checksums")
                .option("--openpgp-tool").standard(.text("gpg")),
        ]
    )
}

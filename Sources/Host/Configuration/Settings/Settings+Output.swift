public import ByteKeys

/// Settings of the output.
extension SettingTable {
    static let output: [SettingDefinition] = rows(
        of: .output,
        [
            row(.format),
            row(.manifestFormat),
            row(.output),
            row(.outputExtension),
            row(.outputSize),
            row(.compressOutput),
            row(.compressLevel),
            row(.outputDirectory),
            row(.outputMode),
            row(.imageVersion),
            row(.imageID),
            row(.ociLabels),
            row(.ociAnnotations),
            row(.splitArtifacts),
            row(.repartDirectories),
            row(.sectorSize),
            row(.overlay),
            row(.seed),
            row(.elTorito),
            row(.elToritoSystem),
            row(.elToritoVolume),
            row(.elToritoPublisher),
            row(.cleanScripts),
        ]
    )
}

extension Setting where Content == String? {
    public static var format: Self {
        Self("Format") {
            Row($0, .format, "Output format")
                .option("--format", "t").standard(.computed(.format)).match(.equal).specifier("t")
        }
    }

    public static var outputExtension: Self {
        Self("OutputExtension") {
            Row($0, .fileName, "Extension of the output's name")
                .option("--output-extension", nil, "EXTENSION").standard(.computed(.outputExtension))
        }
    }

    public static var outputDirectory: Self {
        Self("OutputDirectory") {
            Row($0, .anyPath, "Directory for the outputs of the build")
                .option("--output-directory", "O", "DIR").old(options: ["--output-dir"]).scope(.universal, tools: true)
                .path("mkosi.output").specifier("O")
        }
    }

    public static var imageVersion: Self {
        Self("ImageVersion") {
            Row($0, .fileName, "Version of the image")
                .option("--image-version").scope(.inherit).path("mkosi.version", read: true).match(.version)
                .specifier("v")
        }
    }

    public static var imageID: Self {
        Self("ImageId") {
            Row($0, .fileName, "Identifier of the image")
                .option("--image-id").scope(.inherit).match(.glob).specifier("i")
        }
    }

    public static var elToritoSystem: Self {
        Self("ElToritoSystem") {
            Row($0, .text, "System identifier for optical media")
                .option("--el-torito-system", nil, "STRING")
        }
    }

    public static var elToritoVolume: Self {
        Self("ElToritoVolume") {
            Row($0, .text, "Volume identifier for optical media")
                .option("--el-torito-volume", nil, "STRING")
        }
    }

    public static var elToritoPublisher: Self {
        Self("ElToritoPublisher") {
            Row($0, .text, "Publisher identifier for optical media")
                .option("--el-torito-publisher", nil, "STRING")
        }
    }
}

extension Setting where Content == [String] {
    public static var manifestFormat: Self {
        Self("ManifestFormat") {
            Row($0, .list(.choice(Words.manifestFormat)), "Formats of the package manifest")
                .option("--manifest-format", nil, "FORMAT")
        }
    }

    public static var splitArtifacts: Self {
        Self("SplitArtifacts") {
            Row(
                $0,
                .list(
                    .choices(
                        Words.artifacts,
                        yes: Words.standardArtifacts + ["partitions"],
                        no: Words.standardArtifacts
                    )
                ),
                "Parts of the image to write as separate files alongside it"
            )
            .option("--split-artifacts").standard(.list(Words.standardArtifacts))
        }
    }

    public static var repartDirectories: Self {
        Self("RepartDirectories") {
            Row($0, .pathList, "Directories of partition definitions")
                .option("--repart-directory", nil, "PATH").old(options: ["--repart-dir"]).path("mkosi.repart")
        }
    }

    public static var cleanScripts: Self {
        Self("CleanScripts") {
            Row($0, .scripts, "Scripts to run when outputs are removed")
                .option("--clean-script", nil, "PATH").path("mkosi.clean", "mkosi.clean.d/*")
        }
    }
}

extension Setting where Content == String {
    public static var output: Self {
        Self("Output") {
            Row($0, .fileName, "Name of the output, without its extension")
                .option("--output", "o", "NAME").standard(.computed(.outputName)).scope(.local, tools: true)
                .specifier("o")
        }
    }

    public static var compressOutput: Self {
        Self("CompressOutput") {
            Row($0, .compression, "Compression of the output")
                .option("--compress-output", nil, "ALG").standard(.computed(.compression))
        }
    }

    public static var seed: Self {
        Self("Seed") {
            Row($0, .uuid, "Seed for partition identifiers")
                .option("--seed", nil, "UUID").standard(.computed(.randomUUID)).path("mkosi.seed", read: true)
        }
    }
}

extension Setting where Content == Int? {
    public static var outputSize: Self {
        Self("OutputSize") {
            Row($0, .size, "Minimum size of a disk image")
                .option("--output-size", nil, "SIZE")
        }
    }

    public static var outputMode: Self {
        Self("OutputMode") {
            Row($0, .mode, "Access mode of the output")
                .option("--output-mode", nil, "MODE").scope(.universal)
        }
    }

    public static var sectorSize: Self {
        Self("SectorSize") {
            Row($0, .sectorSize, "Sector size of a disk image")
                .option("--sector-size").scope(.inherit)
        }
    }
}

extension Setting where Content == Int {
    public static var compressLevel: Self {
        Self("CompressLevel") {
            Row($0, .integer(min: 0, max: 22), "Compression level")
                .option("--compress-level", nil, "LEVEL").standard(.integer(3)).scope(.inherit)
        }
    }
}

extension Setting where Content == ByteDictionary<String> {
    public static var ociLabels: Self {
        Self("OciLabels") {
            Row($0, .dictionary(.keyValue), "Labels of an OCI image")
                .option("--oci-labels", nil, "KEY=VALUE")
        }
    }

    public static var ociAnnotations: Self {
        Self("OciAnnotations") {
            Row($0, .dictionary(.keyValue), "Annotations of an OCI image")
                .option("--oci-annotations", nil, "KEY=VALUE")
        }
    }
}

extension Setting where Content == Bool {
    public static var overlay: Self {
        Self("Overlay") {
            Row($0, .boolean, "Include only the differences from the base trees in the output")
                .option("--overlay", nil, "BOOL")
        }
    }
}

extension Setting where Content == Feature {
    public static var elTorito: Self {
        Self("ElTorito") {
            Row($0, .feature, "Make the disk image bootable from optical media")
                .option("--el-torito", nil, "FEATURE")
        }
    }
}

/// Settings of the output.
extension SettingTable {
    static let output: [SettingDefinition] = rows(
        of: .output,
        [
            Row("Format", .format, "Output format")
                .option("--format", "t").standard(.computed(.format)).match(.equal).specifier("t"),
            Row(
                "ManifestFormat",
                .list(.choice(Words.manifestFormat)),
                "Formats of the package manifest"
            )
            .option("--manifest-format", nil, "FORMAT"),
            Row("Output", .fileName, "Name of the output, without its extension")
                .option("--output", "o", "NAME").standard(.computed(.outputName)).scope(.local, tools: true)
                .specifier("o"),
            Row("OutputExtension", .fileName, "Extension of the output's name")
                .option("--output-extension", nil, "EXTENSION").standard(.computed(.outputExtension)),
            Row("OutputSize", .size, "Minimum size of a disk image")
                .option("--output-size", nil, "SIZE"),
            Row("CompressOutput", .compression, "Compression of the output")
                .option("--compress-output", nil, "ALG").standard(.computed(.compression)),
            Row("CompressLevel", .integer(min: 0, max: 22), "Compression level")
                .option("--compress-level", nil, "LEVEL").standard(.integer(3)).scope(.inherit),
            Row("OutputDirectory", .anyPath, "Directory for the outputs of the build")
                .option("--output-directory", "O", "DIR").old(options: ["--output-dir"]).scope(.universal, tools: true)
                .path("mkosi.output").specifier("O"),
            Row("OutputMode", .mode, "Access mode of the output")
                .option("--output-mode", nil, "MODE").scope(.universal),
            Row("ImageVersion", .fileName, "Version of the image")
                .option("--image-version").scope(.inherit).path("mkosi.version", read: true).match(.version)
                .specifier("v"),
            Row("ImageId", .fileName, "Identifier of the image")
                .option("--image-id").scope(.inherit).match(.glob).specifier("i"),
            Row("OciLabels", .dictionary(.keyValue), "Labels of an OCI image")
                .option("--oci-labels", nil, "KEY=VALUE"),
            Row("OciAnnotations", .dictionary(.keyValue), "Annotations of an OCI image")
                .option("--oci-annotations", nil, "KEY=VALUE"),
            Row(
                "SplitArtifacts",
                .list(
                    .choices(
                        Words.artifacts,
                        yes: Words.standardArtifacts + ["partitions"],
                        no: Words.standardArtifacts
                    )
                ),
                "Parts of the image to write as separate files alongside it"
            )
            .option("--split-artifacts").standard(.list(Words.standardArtifacts)),
            Row("RepartDirectories", .pathList, "Directories of partition definitions")
                .option("--repart-directory", nil, "PATH").old(options: ["--repart-dir"]).path("mkosi.repart"),
            Row("SectorSize", .sectorSize, "Sector size of a disk image")
                .option("--sector-size").scope(.inherit),
            Row("Overlay", .boolean, "Include only the differences from the base trees in the output")
                .option("--overlay", nil, "BOOL"),
            Row("Seed", .uuid, "Seed for partition identifiers")
                .option("--seed", nil, "UUID").standard(.computed(.randomUUID)).path("mkosi.seed", read: true),
            Row("ElTorito", .feature, "Make the disk image bootable from optical media")
                .option("--el-torito", nil, "FEATURE"),
            Row("ElToritoSystem", .text, "System identifier for optical media")
                .option("--el-torito-system", nil, "STRING"),
            Row("ElToritoVolume", .text, "Volume identifier for optical media")
                .option("--el-torito-volume", nil, "STRING"),
            Row("ElToritoPublisher", .text, "Publisher identifier for optical media")
                .option("--el-torito-publisher", nil, "STRING"),
            Row("CleanScripts", .scripts, "Scripts to run when outputs are removed")
                .option("--clean-script", nil, "PATH").path("mkosi.clean", "mkosi.clean.d/*"),
        ]
    )
}

/// Other configuration to read.
extension SettingTable {
    static let include: [SettingDefinition] = rows(
        of: .include,
        [
            Row(
                "Include",
                .list(.path(), .init(resets: false)),
                "Read another file or directory of configuration at this point"
            )
            .option("--include", "I").scope(.local, tools: true)
        ]
    )
}

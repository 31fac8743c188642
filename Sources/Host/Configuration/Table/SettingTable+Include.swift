/// Other configuration to read.
extension SettingTable {
    static let include: [SettingDefinition] = rows(
        of: .include,
        [
            Row(
                "Include",
                .list(.path(), .init(resets: false)),
                "Include another configuration file or directory"
            )
            .option("--include", "I").scope(.local, tools: true)
        ]
    )
}

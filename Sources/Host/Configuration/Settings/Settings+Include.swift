/// Other configuration to read.
extension SettingTable {
    static let include: [SettingDefinition] = rows(
        of: .include,
        [
            row(.include)
        ]
    )
}

extension Setting where Content == [String] {
    public static var include: Self {
        Self("Include") {
            Row($0, .list(.path(), .init(resets: false)), "Include another configuration file or directory")
                .option("--include", "I").scope(.local, tools: true)
        }
    }
}

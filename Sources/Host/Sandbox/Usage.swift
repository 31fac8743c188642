/// The text of `--help`.
enum Usage {
    static var text: String {
        var lines = [
            "Usage: mkosi-sandbox [OPTION...] [--] [COMMAND [ARGUMENT...]]",
            "",
            "Runs a command in its own namespaces and file tree.",
            "Without an option that adds to the tree, the command sees the whole tree of the host.",
            "",
        ]
        for option in Option.all {
            let left = ([option.name] + option.values).joined(separator: " ")
            lines.append("  " + left + String(repeating: " ", count: max(2, 32 - left.count)) + option.summary)
        }
        return lines.joined(separator: "\n")
    }
}

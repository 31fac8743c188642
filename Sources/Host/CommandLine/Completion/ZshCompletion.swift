/// The completion script for zsh: to be sourced, or as a file `_mkosi` of `$fpath`.
struct ZshCompletion {
    let model: CompletionModel

    var text: String {
        var lines = ["#compdef mkosi", "# Completion of mkosi for zsh, made by: mkosi completion zsh", ""]
        lines += ["_mkosi_verbs() {", "    local -a verbs=("]
        lines += model.verbs.map { "        \(quoted("\($0.name):\($0.help)"))" }
        lines += ["    )", "    _describe -t verbs verb verbs", "}", ""]
        lines += ["# What follows a verb.", "_mkosi_arguments() {"]
        lines += ["    if (( ${words[(i)--]} < CURRENT )); then", "        _files", "        return", "    fi"]
        lines.append("    case $line[1] in")
        for verb in model.verbs {
            if let action = action(of: verb.completes) { lines.append("        \(verb.name)) \(action) ;;") }
        }
        lines += ["        *) _message 'no more arguments' ;;", "    esac", "}", "", "_mkosi() {"]
        lines += [
            "    local curcontext=$curcontext context state state_descr", "    local -a line",
            "    typeset -A opt_args",
        ]
        lines.append("    local -a options=(")
        for option in model.options { lines += specifications(of: option).map { "        \(quoted($0))" } }
        lines += [
            "    )", "    _arguments -s -S $options '1: :_mkosi_verbs' '*: :_mkosi_arguments'", "}",
        ]
        return lines.joined(separator: "\n") + "\n" + Self.functions
    }

    /// What _arguments knows of an option: each may be repeated, and its argument may follow in the next word.
    private func specifications(of option: CompletionModel.Option) -> [String] {
        let help = "[\(escaped(option.help))]"
        guard let argument = option.argument else {
            return ["*\(option.long)\(help)"] + (option.short.map { ["*-\($0)\(help)"] } ?? [])
        }
        let action = action(of: argument)
        if option.isOptional {
            return ["*\(option.long)=-\(help):: :\(action)"] + (option.short.map { ["*-\($0)\(help)"] } ?? [])
        }
        return ["*\(option.long)=\(help): :\(action)"]
            + (option.short.map { ["*-\($0)+\(help): :\(action)"] } ?? [])
    }

    private func action(of argument: CompletionModel.Argument) -> String {
        switch argument {
        case .free: " "
        case .words(let words): "(\(words.joined(separator: " ")))"
        case .list(let words): "{_values -s , value \(words.joined(separator: " "))}"
        case .file(let words) where words.isEmpty: "_files"
        case .file(let words): "{compadd -- \(words.joined(separator: " ")); _files}"
        case .directory: "_files -/"
        case .profiles: "{_mkosi_names profiles}"
        case .images: "{_mkosi_names images}"
        }
    }

    private func action(of completes: VerbDescription.Completes) -> String? {
        switch completes {
        case .nothing: nil
        case .files: "_files"
        case .verbs: "_mkosi_verbs"
        case .manuals: "compadd -- \(model.manuals.joined(separator: " "))"
        case .settings: "compadd -- \(model.settings.joined(separator: " "))"
        case .words(let words): "compadd -- \(words.joined(separator: " "))"
        }
    }

    private func escaped(_ help: String) -> String {
        String(help.flatMap { "[]:\\".contains($0) ? ["\\", $0] : [$0] })
    }

    private func quoted(_ text: String) -> String { "'\(text.replacingQuotes(with: "'\\''"))'" }

    private static let functions = #"""

        # The names in a folder of the project, without the suffix of files; several are joined by commas.
        _mkosi_names() {
            local folder=${opt_args[-C]:-${opt_args[--directory]:-.}}
            folder=${~folder}
            [[ -e $folder/mkosi.conf || ! -e $folder/mkosi/mkosi.conf ]] || folder+=/mkosi
            local -a names=($folder/mkosi.$1/*(N:t))
            names=(${names%.conf})
            compset -P '*,'
            compadd -q -S '' -- $names
        }

        if (( ${funcstack[(I)_mkosi]} )); then
            _mkosi "$@"
        else
            compdef _mkosi mkosi
        fi

        """#
}

extension String {
    /// The text with each single quote replaced.
    func replacingQuotes(with replacement: String) -> String {
        split(separator: "'", omittingEmptySubsequences: false).joined(separator: replacement)
    }
}

/// The completion script for zsh: to be sourced, or as a file `_mkosi` of `$fpath`.
struct ZshCompletion {
    let model: CompletionModel

    var text: String {
        var lines = ["#compdef mkosi", "# Completion of mkosi for zsh, made by: mkosi completion zsh", ""]
        lines += ["_mkosi_verbs() {", "    local -a verbs=("]
        lines += model.verbs.map { "        \(quoted("\($0.name):\($0.help)"))" }
        lines += ["    )", "    _describe -t verbs verb verbs", "}", ""]
        lines += [
            "# Prints the verb of the command line: the first word that is neither an option nor the argument of one."
        ]
        lines += ["_mkosi_verb() {", "    local -a with=(\(optionsWithArgument.joined(separator: " ")))"]
        lines += ["    local word skip index", "    for ((index = 2; index <= $#words; index++)); do"]
        lines += ["        word=$words[index]", "        if [[ -n $skip ]]; then", "            skip="]
        lines += ["        elif [[ $word == -- ]]; then", "            return", "        elif [[ $word == -* ]]; then"]
        lines += ["            (( ${with[(Ie)$word]} )) && skip=yes", "        elif (( index != CURRENT )); then"]
        lines += ["            print -r -- $word", "            return", "        fi", "    done", "}", ""]
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
        lines += array("options", .every)
        lines += ["    local verb=$(_mkosi_verb)"]
        lines +=
            ["    if [[ $verb != (\(others.joined(separator: "|"))) ]]; then"] + array("configuration", .configuration)
        lines += ["        options+=($configuration)", "    fi"]
        for option in model.options where option.scope == .some {
            let verbs = model.verbs(with: option).map(\.name).joined(separator: "|")
            lines.append("    [[ -n $verb && $verb != (\(verbs)) ]] || options+=(")
            lines += specifications(of: option).map { "        \(quoted($0))" } + ["    )"]
        }
        lines += [
            "    _arguments -s -S $options '1: :_mkosi_verbs' '*: :_mkosi_arguments'", "}",
        ]
        return lines.joined(separator: "\n") + "\n" + Self.functions
    }

    /// The verbs that have no settings among their options.
    private var others: [String] { model.verbs.filter { !$0.readsConfiguration }.map(\.name) }

    /// The lines of an array of specifications.
    private func array(_ name: String, _ scope: CompletionModel.Scope) -> [String] {
        ["    local -a \(name)=("]
            + model.options.filter { $0.scope == scope }.flatMap(specifications).map { "        \(quoted($0))" }
            + ["    )"]
    }

    /// Options whose argument is the next word.
    private var optionsWithArgument: [String] {
        model.options.filter { $0.argument != nil && !$0.isOptional }
            .flatMap { [$0.long] + ($0.short.map { ["-\($0)"] } ?? []) + $0.old }
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

        # The names in a directory of the project, without the suffix of files; several are joined by commas.
        _mkosi_names() {
            local directory=${opt_args[-C]:-${opt_args[--directory]:-.}}
            directory=${~directory}
            [[ -e $directory/mkosi.conf || ! -e $directory/mkosi/mkosi.conf ]] || directory+=/mkosi
            local -a names=($directory/mkosi.$1/*(N:t))
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

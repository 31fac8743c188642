/// The completion script for bash 4 and later; it needs nothing else.
struct BashCompletion {
    let model: CompletionModel

    var text: String {
        var lines = [
            "# Completion of mkosi for bash, made by: mkosi completion bash",
            "",
            "declare -g _mkosi_verbs='\(model.verbs.map(\.name).joined(separator: " "))'",
            "# The options of every verb, of verbs that read the configuration, and of others; and those of each verb.",
            "declare -g _mkosi_every='\(spellings(.every))'",
            "declare -g _mkosi_configuration='\(spellings(.configuration))'",
            "declare -g _mkosi_some='\(spellings(.some))'",
            "declare -gA _mkosi_options=(",
        ]
        for verb in model.verbs {
            let configuration = verb.readsConfiguration ? ["$_mkosi_configuration"] : []
            let words = (["$_mkosi_every"] + configuration + verb.options).joined(separator: " ")
            lines.append("    [\(verb.name)]=\"\(words)\"")
        }
        lines += [
            ")",
            "declare -gA _mkosi_after=(",
        ]
        for verb in model.verbs {
            if let kind = kind(of: verb.completes) { lines.append("    [\(verb.name)]='\(kind)'") }
        }
        lines += [
            ")", "# What follows each option; a question mark says that it may be left out.",
            "declare -gA _mkosi_values=(",
        ]
        for option in model.options {
            guard let argument = option.argument else { continue }
            let value = (option.isOptional ? "?" : "") + kind(of: argument)
            let names = [option.long] + (option.short.map { ["-\($0)"] } ?? []) + option.old
            lines += names.map { "    [\($0)]='\(value)'" }
        }
        lines.append(")")
        return lines.joined(separator: "\n") + "\n" + Self.functions
    }

    private func spellings(_ scope: CompletionModel.Scope) -> String {
        model.options.filter { $0.scope == scope }.map(\.long).joined(separator: " ")
    }

    private func kind(of argument: CompletionModel.Argument) -> String {
        switch argument {
        case .free: "free"
        case .words(let words): "words \(words.joined(separator: " "))"
        case .list(let words): "list \(words.joined(separator: " "))"
        case .file(let words): "file \(words.joined(separator: " "))"
        case .directory: "directory"
        case .profiles: "profiles"
        case .images: "images"
        }
    }

    private func kind(of completes: VerbDescription.Completes) -> String? {
        switch completes {
        case .nothing: nil
        case .files: "file"
        case .verbs: "words \(model.verbs.map(\.name).joined(separator: " "))"
        case .manuals: "words \(model.manuals.joined(separator: " "))"
        case .settings: "words \(model.settings.joined(separator: " "))"
        case .words(let words): "words \(words.joined(separator: " "))"
        }
    }

    private static let functions = #"""

        # The names in a directory of the project, without the suffix of files.
        _mkosi_names() {
            local path
            for path in "$1"/*; do
                [[ -e $path ]] || continue
                path=${path##*/}
                printf '%s\n' "${path%.conf}"
            done
        }

        # Offers what an argument of this kind can be: kind, what is typed so far, the project's directory.
        _mkosi_offer() {
            local kind=${1%% *} words=${1#* } typed=$2 directory=$3 start=
            [[ $1 == *' '* ]] || words=
            case $kind in
                words) mapfile -t COMPREPLY < <(compgen -W "$words" -- "$typed") ;;
                list)
                    [[ $typed == *,* ]] && start=${typed%,*},
                    mapfile -t COMPREPLY < <(compgen -P "$start" -W "$words" -- "${typed##*,}")
                    compopt -o nospace 2>/dev/null ;;
                file)
                    mapfile -t COMPREPLY < <(compgen -W "$words" -- "$typed"; compgen -f -- "$typed")
                    compopt -o filenames 2>/dev/null ;;
                directory)
                    mapfile -t COMPREPLY < <(compgen -d -- "$typed")
                    compopt -o filenames 2>/dev/null ;;
                profiles | images)
                    [[ $typed == *,* ]] && start=${typed%,*},
                    mapfile -t COMPREPLY < <(
                        compgen -P "$start" -W "$(_mkosi_names "$directory/mkosi.$kind")" -- "${typed##*,}"
                    ) ;;
            esac
        }

        _mkosi() {
            local -a words=()
            local word option= verb= directory=. last joins= after= value skip= index
            COMPREPLY=()
            # bash takes words apart at equals signs and colons: put them together again.
            for ((index = 1; index <= COMP_CWORD; index++)); do
                word=${COMP_WORDS[index]}
                if [[ ${#words[@]} -gt 0 && ( $word == [=:]* || -n $joins ) && $COMP_WORDBREAKS == *[=:]* ]]; then
                    words[-1]+=$word
                else
                    words+=("$word")
                fi
                joins=
                [[ $word == [=:] ]] && joins=yes
            done
            last=${words[-1]}
            for word in "${words[@]:0:${#words[@]}-1}"; do
                if [[ -n $skip ]]; then
                    [[ $skip == -C || $skip == --directory ]] && directory=$word
                    skip=
                elif [[ -n $after ]]; then
                    :
                elif [[ $word == -- ]]; then
                    after=yes
                elif [[ $word == --directory=* ]]; then
                    directory=${word#*=}
                elif [[ $word == --*=* ]]; then
                    :
                elif [[ $word == -* ]]; then
                    # Of several letters only the last can have its argument in the next word.
                    [[ $word == --* ]] || word=-${word: -1}
                    value=${_mkosi_values[$word]-}
                    [[ -n $value && $value != '?'* ]] && skip=$word
                elif [[ -z $verb ]]; then
                    verb=$word
                fi
            done
            [[ -e $directory/mkosi.conf || ! -e $directory/mkosi/mkosi.conf ]] || directory+=/mkosi
            if [[ -n $skip ]]; then
                _mkosi_offer "${_mkosi_values[$skip]}" "$last" "$directory"
            elif [[ -n $after ]]; then
                _mkosi_offer file "$last" "$directory"
            elif [[ $last == --*=* ]]; then
                option=${last%%=*}
                value=${_mkosi_values[$option]-}
                _mkosi_offer "${value#\?}" "${last#*=}" "$directory"
                [[ $COMP_WORDBREAKS == *=* ]] || COMPREPLY=("${COMPREPLY[@]/#/$option=}")
            elif [[ $last == -* ]]; then
                value="$_mkosi_every $_mkosi_configuration $_mkosi_some"
                [[ -n $verb ]] && value=${_mkosi_options[$verb]-$value}
                mapfile -t COMPREPLY < <(compgen -W "$value" -- "$last")
            elif [[ -z $verb ]]; then
                mapfile -t COMPREPLY < <(compgen -W "$_mkosi_verbs" -- "$last")
            elif [[ -n ${_mkosi_after[$verb]-} ]]; then
                _mkosi_offer "${_mkosi_after[$verb]}" "$last" "$directory"
            fi
        }

        complete -F _mkosi mkosi

        """#
}

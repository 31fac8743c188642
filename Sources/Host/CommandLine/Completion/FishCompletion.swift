/// The completion script for fish 3.
struct FishCompletion {
    let model: CompletionModel

    var text: String {
        var lines = [
            "# Completion of mkosi for fish, made by: mkosi completion fish", "",
            "# Options whose argument is the next word.",
            "set -g __mkosi_with_argument \(optionsWithArgument.joined(separator: " "))",
        ]
        let others = model.verbs.filter { !$0.readsConfiguration }.map(\.name)
        lines += [
            "# Verbs without settings among their options.",
            "set -g __mkosi_without_configuration \(others.joined(separator: " "))",
        ]
        lines.append(Self.functions)
        lines += ["complete -c mkosi -f", "complete -c mkosi -n __mkosi_is_separated -F"]
        for verb in model.verbs {
            lines.append("complete -c mkosi -n __mkosi_needs_verb -a \(verb.name) -d \(quoted(verb.help))")
            if let words = words(of: verb.completes) {
                lines.append("complete -c mkosi -n '__mkosi_verb_is \(verb.name)' \(words)")
            }
        }
        for option in model.options { lines.append(completion(of: option)) }
        return lines.joined(separator: "\n") + "\n"
    }

    private var optionsWithArgument: [String] {
        model.options.filter { $0.argument != nil && !$0.isOptional }
            .flatMap { [$0.long] + ($0.short.map { ["-\($0)"] } ?? []) + $0.old }
    }

    private func completion(of option: CompletionModel.Option) -> String {
        let condition =
            switch option.scope {
            case .every: "not __mkosi_is_separated"
            case .configuration: "__mkosi_reads_configuration"
            case .some: "__mkosi_verb_in \(model.verbs(with: option).map(\.name).joined(separator: " "))"
            }
        var words = ["complete -c mkosi -n '\(condition)' -l \(option.long.dropFirst(2))"]
        if let short = option.short { words.append("-s \(short)") }
        if let argument = option.argument {
            words.append(self.argument(argument, isOptional: option.isOptional))
        }
        words.append("-d \(quoted(option.help))")
        return words.joined(separator: " ")
    }

    private func argument(_ argument: CompletionModel.Argument, isOptional: Bool) -> String {
        let start = isOptional ? "" : "-x "
        switch argument {
        case .free: return isOptional ? "" : "-x"
        case .words(let words): return "\(start)-a \(quoted(words.joined(separator: " ")))"
        case .list(let words): return "-x -a \(quoted("(__mkosi_list \(words.joined(separator: " ")))"))"
        case .file(let words): return "-r -F\(words.isEmpty ? "" : " -a \(quoted(words.joined(separator: " ")))")"
        case .directory: return "-x -a '(__fish_complete_directories (__mkosi_value))'"
        case .profiles: return "-x -a '(__mkosi_list (__mkosi_names profiles))'"
        case .images: return "-x -a '(__mkosi_list (__mkosi_names images))'"
        }
    }

    private func words(of completes: VerbDescription.Completes) -> String? {
        switch completes {
        case .nothing: nil
        case .files: "-F"
        case .verbs: "-a \(quoted(model.verbs.map(\.name).joined(separator: " ")))"
        case .manuals: "-a \(quoted(model.manuals.joined(separator: " ")))"
        case .settings: "-a \(quoted(model.settings.joined(separator: " ")))"
        case .words(let words): "-a \(quoted(words.joined(separator: " ")))"
        }
    }

    private func quoted(_ text: String) -> String { "'\(text.replacingQuotes(with: "\\'"))'" }

    private static let functions = #"""

        # The words before the cursor that are neither options nor their arguments.
        function __mkosi_words
            set -l tokens (commandline -opc)
            set -l skip 0
            for token in $tokens[2..-1]
                if test $skip = 1
                    set skip 0
                else if test "$token" = --
                    return
                else if string match -q -- '-*' $token
                    contains -- $token $__mkosi_with_argument; and set skip 1
                else
                    echo $token
                end
            end
        end

        function __mkosi_is_separated
            contains -- -- (commandline -opc)
        end

        function __mkosi_needs_verb
            not __mkosi_is_separated; and test -z "$(__mkosi_words)"
        end

        function __mkosi_verb_is
            set -l words (__mkosi_words)
            not __mkosi_is_separated; and test "$words[1]" = $argv[1]
        end

        # Whether an option of these verbs can follow: there is no verb yet, or one of them.
        function __mkosi_verb_in
            set -l words (__mkosi_words)
            not __mkosi_is_separated; and begin; test -z "$words[1]"; or contains -- $words[1] $argv; end
        end

        function __mkosi_reads_configuration
            set -l words (__mkosi_words)
            not __mkosi_is_separated; and not contains -- "$words[1]" $__mkosi_without_configuration
        end

        # What is typed of the argument, without the option before it.
        function __mkosi_value
            string replace -r -- '^--[^=]*=' '' (commandline -ct)
        end

        # Offers words behind those that stand before the last comma already.
        function __mkosi_list
            set -l start (string match -r -- '.*,' (__mkosi_value))
            # A word beside an empty list would vanish.
            set -q start[1]; or set start ''
            for word in $argv
                echo $start$word
            end
        end

        # The names in a directory of the project, without the suffix of files.
        function __mkosi_names
            set -l directory .
            set -l tokens (commandline -opc)
            for index in (seq (count $tokens))
                if contains -- $tokens[$index] -C --directory
                    set directory $tokens[(math $index + 1)]
                else if string match -q -- '--directory=*' $tokens[$index]
                    set directory (string replace -- --directory= '' $tokens[$index])
                end
            end
            if not test -e $directory/mkosi.conf; and test -e $directory/mkosi/mkosi.conf
                set directory $directory/mkosi
            end
            for path in $directory/mkosi.$argv[1]/*
                string replace -r -- '\.conf$' '' (basename $path)
            end
        end

        """#
}

import Configuration
import Support

/// `mkosi completion`: prints what a shell needs to complete command lines of mkosi.
enum CompletionVerb: VerbCommand {
    static var description: VerbDescription {
        VerbDescription(
            "completion",
            .words,
            usage: "bash | zsh | fish",
            "Print a shell completion script"
        )
        .details(
            "The script completes the verbs, options, settings, distributions and formats of this installation and of "
                + "the plugins found when it was generated; it looks up profiles and images in the project."
        )
        .completes(.words(shells))
        .example("mkosi completion bash > ~/.local/share/bash-completion/completions/mkosi")
        .withoutConfiguration()
        .dropIn()
    }

    private static let shells = ["bash", "zsh", "fish"]

    static func run(_ context: CommandContext) throws(Failure) -> CInt {
        guard context.invocation.arguments.count == 1, let shell = context.invocation.arguments.first else {
            throw Failure(.usage, "mkosi completion needs the name of a shell", hint: "Use bash, zsh or fish")
        }
        let manuals = Documentation(
            installation: .current(),
            environment: context.host.environment,
            packages: context.host.packages,
            output: context.output
        ).words
        let model = CompletionModel(registry: context.registry, catalogue: context.facts, manuals: manuals)
        switch shell {
        case "bash": try context.output.write(BashCompletion(model: model).text)
        case "zsh": try context.output.write(ZshCompletion(model: model).text)
        case "fish": try context.output.write(FishCompletion(model: model).text)
        default:
            throw Failure(
                .usage,
                "There is no completion for \"\(shell)\"",
                hint: Suggestion.hint(for: shell, in: shells) ?? "Supported: \(shells.joined(separator: ", "))"
            )
        }
        return 0
    }
}

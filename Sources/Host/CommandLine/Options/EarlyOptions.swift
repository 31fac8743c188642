import Display
import Support

/// Options that decide how errors are reported, and so are read before the command line is parsed.
///
/// What is wrong with them is left to the parser, but for a descriptor that cannot be written to.
struct EarlyOptions {
    var isDebug = false
    var progress = ProgressMode.auto
    var descriptor: CInt?

    init(_ arguments: [String]) {
        var words = ArgumentParser.ownWords(of: arguments)
        while let word = words.popFirst() {
            if word == SharedOptions.debug.declaration.long { isDebug = true }
            if let text = Self.argument(of: SharedOptions.progress.declaration, word, &words) {
                progress = ProgressMode(rawValue: text) ?? progress
            }
            if let text = Self.argument(of: SharedOptions.progressDescriptor.declaration, word, &words) {
                descriptor = CInt(text) ?? descriptor
            }
        }
    }

    private static func argument(
        of option: OptionDeclaration,
        _ word: String,
        _ rest: inout ArraySlice<String>
    ) -> String? {
        if word == option.long { return rest.popFirst() }
        return word.hasPrefix("\(option.long)=") ? String(word.dropFirst(option.long.count + 1)) : nil
    }
}

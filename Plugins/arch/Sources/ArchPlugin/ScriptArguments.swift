import ByteKeys

/// The command line of pacman(8) as a script gives it.
struct ScriptArguments: Equatable {
    enum Operation: Character {
        case database = "D"
        case files = "F"
        case query = "Q"
        case remove = "R"
        case sync = "S"
        case deptest = "T"
        case upgrade = "U"
        case version = "V"
        case help = "h"
    }

    /// The tree that a command works on.
    enum Place: Equatable {
        case tree
        case repositories
        /// It takes something from repositories into the tree.
        case both
    }

    private static let operations: ByteDictionary<Operation> = [
        "--database": .database, "--files": .files, "--query": .query, "--remove": .remove, "--sync": .sync,
        "--deptest": .deptest, "--upgrade": .upgrade, "--version": .version, "--help": .help,
    ]
    /// Long options that take a word.
    private static let withValue: ByteSet = [
        "--arch", "--assume-installed", "--cachedir", "--color", "--config", "--dbpath", "--gpgdir", "--hookdir",
        "--ignore", "--ignoregroup", "--logfile", "--overwrite", "--print-format", "--root", "--sysroot",
    ]
    /// Options of `--sync` that only ask.
    private static let questions: Set = ["s", "i", "l", "g", "p", "c"]
    private static let longQuestions: ByteSet = [
        "--search", "--info", "--list", "--groups", "--print", "--print-format", "--clean",
    ]

    /// All words as they were given.
    let all: [String]
    private(set) var operation: Operation?
    private(set) var targets: [String] = []
    private var options: [String] = []
    private var letters: [Character] = []

    init(_ words: [String]) {
        all = words
        var rest = words[...]
        var takesOptions = true
        while let word = rest.popFirst() {
            if !takesOptions || !word.hasPrefix("-") || word == "-" {
                targets.append(word)
            } else if word == "--" {
                takesOptions = false
            } else if word.hasPrefix("--") {
                if let found = Self.operations[word] {
                    operation = found
                } else {
                    options.append(word)
                    if Self.withValue.contains(word), let value = rest.popFirst() { options.append(value) }
                }
            } else {
                for letter in word.dropFirst() {
                    if operation == nil, let found = Operation(rawValue: letter) {
                        operation = found
                    } else {
                        letters.append(letter)
                    }
                }
            }
        }
    }

    var place: Place {
        switch operation {
        case .sync:
            let asks =
                letters.contains { Self.questions.contains(String($0)) }
                || options.contains(where: Self.longQuestions.contains)
            return asks ? .repositories : .both
        case .files: return .repositories
        default: return .tree
        }
    }

    var refreshes: Bool { letters.contains("y") || options.contains("--refresh") }
    var upgradesAll: Bool { letters.contains("u") || options.contains("--sysupgrade") }

    /// Options of the transaction for a run outside of the tree, where nothing is refreshed again.
    var transactionOptions: [String] {
        let short = letters.filter { $0 != "y" }.map { "-\($0)" }
        return short + options.filter { $0 != "--refresh" }
    }

    /// Those that say why the packages are in the tree.
    var reasonOptions: [String] { options.filter { $0 == "--asdeps" || $0 == "--asexplicit" } }
}

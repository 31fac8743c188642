import ComparisonEngine
import ComparisonWire
import Glibc
import JSON
import LayerStore
import PluginWire
import System
import TreeEditor
import TreeLinks
import TreeWire

// Reads a plan on standard input, changes the tree, and answers on standard output.
do {
    if CommandLine.arguments.count == 5, CommandLine.arguments[1] == "--list" {
        let words = CommandLine.arguments
        try TreeListing.write(words[2], to: words[3], index: words[4])
        exit(0)
    }
    if CommandLine.arguments.count == 2, CommandLine.arguments[1] == "--compare" {
        func answer(_ line: ComparisonLine) {
            if let text = try? JSONText.string(line) { print(text) }
        }
        let request = try JSONText.decode(
            ComparisonRequest.self,
            from: Descriptor.readAll(STDIN_FILENO, "standard input")
        )
        let count = try OutputComparison.run(request) { answer(ComparisonLine(difference: $0)) }
        answer(ComparisonLine(count: count))
        exit(0)
    }
    if CommandLine.arguments.count == 4, CommandLine.arguments[1] == "--lower" {
        try LinkLowering.lower(CommandLine.arguments[2], record: CommandLine.arguments[3])
        exit(0)
    }
    if CommandLine.arguments.count == 4, CommandLine.arguments[1] == "--adopt" {
        try TreeAdoption.adopt(CommandLine.arguments[2], from: CommandLine.arguments[3])
        exit(0)
    }
    // Every source of a copy is open at the same time, and there may be a thousand packages.
    var limit = rlimit()
    if getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 {
        limit.rlim_cur = limit.rlim_max
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }
    let input = try Descriptor.readAll(STDIN_FILENO, "standard input")
    if CommandLine.arguments.dropFirst().first == "--seal" {
        let seal = try JSONText.decode(TreeSeal.self, from: input)
        if let time = seal.time {
            for path in seal.clamp { try TreeTimes.clamp(path, to: time) }
        }
        if let links = seal.links { try LinkLowering.list(links.tree, to: links.file) }
        print(try JSONText.string(try seal.measure()))
        exit(0)
    }
    if CommandLine.arguments.dropFirst().first == "--raise" {
        try JSONText.decode(LinkRaising.self, from: input).run()
        exit(0)
    }
    if CommandLine.arguments.dropFirst().first == "--modules" {
        try JSONText.decode(ModuleRemoval.self, from: input).run()
        exit(0)
    }
    let answers = try TreeEditor.apply(try JSONText.decode(TreeEdits.self, from: input))
    print(try JSONText.string(answers))
} catch {
    let message = "mkosi-tree: \(error)\n"
    _ = write(2, message, message.utf8.count)
    exit(1)
}

import ComparisonEngine
import ComparisonWire
import FoundationEssentials
import Glibc
import LayerStore
import PluginWire
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
        var input = Data()
        while let line = readLine(strippingNewline: false) { input += Data(line.utf8) }
        func answer(_ line: ComparisonLine) {
            if let bytes = try? JSONText.encode(line) { print(String(decoding: bytes, as: UTF8.self)) }
        }
        let request = try JSONText.decode(ComparisonRequest.self, from: input)
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
    var input = Data()
    while let line = readLine(strippingNewline: false) { input += Data(line.utf8) }
    if CommandLine.arguments.dropFirst().first == "--seal" {
        let seal = try JSONText.decode(TreeSeal.self, from: input)
        if let time = seal.time {
            for path in seal.clamp { try TreeTimes.clamp(path, to: time) }
        }
        if let links = seal.links { try LinkLowering.list(links.tree, to: links.file) }
        print(String(decoding: try JSONText.encode(try seal.measure()), as: UTF8.self))
        exit(0)
    }
    if CommandLine.arguments.dropFirst().first == "--raise" {
        try JSONText.decode(LinkRaising.self, from: input).run()
        exit(0)
    }
    let answers = try TreeEditor.apply(try JSONText.decode(TreeEdits.self, from: input))
    print(String(decoding: try JSONText.encode(answers), as: UTF8.self))
} catch {
    let message = "mkosi-tree: \(error)\n"
    _ = write(2, message, message.utf8.count)
    exit(1)
}

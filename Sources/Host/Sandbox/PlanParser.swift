internal import System

/// Reads a command line into a plan.
struct PlanParser {
    /// The action that a command line asks for.
    enum Action: Hashable, Sendable {
        case run
        case probe
        case explain
        case help
        case version
    }

    var plan = Plan()
    var action = Action.run

    // What options said about the next overlay or tmpfs.
    var lower: [String] = []
    var upper: String?
    var work: String?
    var mode: UInt32?
    var size: String?

    /// The words that are still to be read, the next one last.
    private var rest: [String]
    private let readDescriptor: (Int32) throws(SandboxError) -> [String]

    /// Reads words; the function returns those read from a descriptor.
    init(
        _ words: [String],
        readDescriptor: @escaping (Int32) throws(SandboxError) -> [String]
    ) throws(SandboxError) {
        rest = words.reversed()
        self.readDescriptor = readDescriptor
        try parse()
    }

    private mutating func parse() throws(SandboxError) {
        while let word = rest.popLast() {
            if word == "--" {
                break
            }
            guard word.hasPrefix("-"), word != "-" else {
                rest.append(word)
                break
            }
            guard let option = Option.named(word == "-h" ? "--help" : word) else {
                throw SandboxError("There is no option \(word)", hint: "mkosi-sandbox --help lists the options")
            }
            var values: [String] = []
            for name in option.values {
                guard let value = rest.popLast() else {
                    throw SandboxError("The option \(word) needs a value for \(name)")
                }
                values.append(value)
            }
            try option.apply(&self, values)
        }
        plan.command = rest.reversed()
        try checkRest()
    }

    /// Puts the words behind a descriptor in front of those that are still to be read.
    mutating func insertWords(from text: String) throws(SandboxError) {
        guard let number = Int32(text), number >= 0 else {
            throw SandboxError("The option --options-from-fd needs a number, not \"\(text)\"")
        }
        rest.append(contentsOf: try readDescriptor(number).reversed())
    }

    mutating func takeOverlay(_ target: String) throws(SandboxError) {
        let changes: Plan.Overlay.Upper
        switch (upper, work) {
        case (nil, nil): changes = .none
        case ("tmpfs"?, nil): changes = .temporary
        case (let upper?, let work?) where upper != "tmpfs": changes = .directory(upper, work: work)
        default:
            throw SandboxError(
                "An overlay with a directory for changes needs both --overlay-upperdir and --overlay-workdir",
                path: target
            )
        }
        guard !lower.isEmpty else {
            throw SandboxError("An overlay needs --overlay-lowerdir before it", path: target)
        }
        plan.steps.append(.overlay(Plan.Overlay(lower: lower, upper: changes, target: target)))
        (lower, upper, work) = ([], nil, nil)
    }

    mutating func takeTemporary(_ target: String) {
        plan.steps.append(.temporary(Plan.TemporaryFileSystem(target: target, mode: mode, size: size)))
        (mode, size) = (nil, nil)
    }

    private func checkRest() throws(SandboxError) {
        if !lower.isEmpty || upper != nil || work != nil {
            throw SandboxError(
                "Options of an overlay are not followed by --overlay",
                hint: "add --overlay DST after them"
            )
        }
        if mode != nil || size != nil {
            throw SandboxError("Options of a tmpfs are not followed by --tmpfs", hint: "add --tmpfs DST after them")
        }
    }
}

extension Plan {
    /// Reads the arguments of mkosi-sandbox, without the program's name.
    public init(arguments: [String]) throws(SandboxError) {
        self = try PlanParser(
            arguments,
            readDescriptor: { number throws(SandboxError) in
                throw SandboxError("Options from the descriptor \(number) can only be read by mkosi-sandbox")
            }
        ).plan
    }
}
